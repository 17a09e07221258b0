// From findings to verdicts, and to the one state that a person sees: as domain/codes.py and
// domain/verdict.py have it, which tests/web/test_check_modules.py holds this to.

const VALID = new Set(
  (
    "NUMBER_OK SIGNATURE_OK DOCUMENT_OK PROOF_OK ROOT_OK RECORD_OK LOT_OK LOT_IN_DEFICIT " +
    "NOT_EXCHANGED PDF_OK HOLDER_STATED_OK HOLDER_ID_OK HOLDER_NAME_OK"
  ).split(" "),
);
const UNKNOWN = new Set(
  (
    "SIGNATURE_UNCHECKED ROOT_UNCHECKED RECORD_UNCHECKED LOT_UNCHECKED EXCHANGE_UNCHECKED " +
    "NOT_REACHED KEY_UNCHECKED PDF_UNCHECKED"
  ).split(" "),
);
const FALLEN = { RECORD_REPLACED: "REPLACED", RECORD_REVOKED: "REVOKED" };
const BY_OUR_CHAIN = new Set(["WRONG_NETWORK", "KEY_NOT_LISTED", "KEY_NOT_OF_ITS_TIME"]);

export function verdict(code) {
  if (VALID.has(code)) return "VALID";
  return UNKNOWN.has(code) ? "UNKNOWN" : "INVALID";
}

export function state(findings) {
  const codes = findings.map((one) => one.code);
  const wrong = codes.filter((code) => verdict(code) === "INVALID");
  if (wrong.includes("WRONG_NETWORK") && wrong.every((code) => BY_OUR_CHAIN.has(code))) {
    return "WRONG_NETWORK";
  }
  if (wrong.some((code) => !(code in FALLEN))) return "ALTERED";
  if (wrong.length) return FALLEN[wrong[0]];
  return codes.every((code) => verdict(code) === "VALID") ? "FINAL" : "CANNOT_CHECK_NOW";
}

// Whether the server's state and the one found here cannot both be true. What could not be
// checked contradicts nothing, and an exchange is for the mirror to tell.
export function contradicts(theirs, findings) {
  if (theirs === "CANNOT_CHECK_NOW") return false;
  if (findings.some((one) => verdict(one.code) === "INVALID")) return theirs !== state(findings);
  const chain = findings.filter((one) => one.check !== "registry");
  if (chain.some((one) => verdict(one.code) !== "VALID")) return false;
  const exchanged = chain.length < findings.length && verdict(findings.at(-1).code) === "UNKNOWN";
  return theirs !== "FINAL" && !(exchanged && theirs === "ALTERED");
}
