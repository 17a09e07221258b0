// A credential, read and typed; what it claims is not checked yet. A part that is missing or of
// another kind is an Error. As domain/claims.py has it, for both formats.

import { fromHex, fromMultibase } from "./bytes.js";

const SUITES = ["eddsa-jcs-2022", "eddsa-rdfc-2022"];

export function facts(document) {
  const about = document.credentialSubject;
  const ledger = document.evidence[0];
  const proofs = [document.proof].flat();
  if (proofs.length > 2 || proofs.some((one, i) => one.cryptosuite !== SUITES[i])) {
    throw new Error("the document has no proof of ours, or too many");
  }
  const record = bytes(ledger.record, 32);
  return {
    number: text(about.number),
    holder: text(about.holderName),
    method: text(proofs[0].verificationMethod),
    created: Date.parse(text(proofs[0].created)) / 1000,
    record,
    tree: big(record.slice(0, 12)),
    programme: big(record.slice(0, 4)),
    lotId: big(record.slice(0, 8)),
    lot: text(about.lot),
    serial: whole(about.serial),
    site: text(about.site),
    species: text(about.species),
    unit: text(about.unit),
    year: whole(about.plantingYear),
    firstSerial: whole(ledger.firstSerial),
    root: bytes(ledger.root, 32),
    proof: siblings(ledger.merkleProof),
    chainId: whole(ledger.chainId),
    contract: text(ledger.contract).toLowerCase(),
    block: whole(ledger.block),
    agrees: agrees(document, proofs, ledger, record),
  };
}

// The Ed25519 key that the document names for itself: 32 bytes.
export function keyOf({ method }) {
  const multikey = fromMultibase(method.split("#")[1]);
  if (multikey.length !== 34 || multikey[0] !== 0xed || multikey[1] !== 1) {
    throw new Error("the key is not an Ed25519 Multikey");
  }
  return multikey.slice(2);
}

// Whether what the second format says twice it says alike.
function agrees(document, proofs, ledger, record) {
  if (!Array.isArray(document.proof)) return true;
  const status = document.credentialStatus;
  const hex = (part) => Array.from(part, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const signed = new Set(proofs.map((one) => `${one.verificationMethod} ${one.created}`));
  return (
    signed.size === 1 &&
    status.chainId === ledger.chainId &&
    status.contract === ledger.contract &&
    status.treeId === `0x${hex(record.slice(0, 12))}` &&
    document.credentialSubject.identifier[0].identityHash === `0x${hex(record.slice(12))}`
  );
}

function siblings(values) {
  if (!Array.isArray(values) || values.length > 32) throw new Error("a proof has at most 32 hashes");
  return values.map((value) => bytes(value, 32));
}

function big(part) {
  return part.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function text(value) {
  if (typeof value !== "string") throw new Error(`a ${typeof value} is not a text`);
  return value;
}

function whole(value) {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error("not a whole number");
  return value;
}

function bytes(value, length) {
  const found = fromHex(text(value));
  if (found.length !== length) throw new Error(`${length} bytes were expected`);
  return found;
}
