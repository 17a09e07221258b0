// The eight checks, made here: numbered and judged as flow/verify.py does, from the document and
// one node, or a bundle of what one said. Nothing that our server says is believed.
//
//  1. The number has our form and check, and is this record's.
//  2. The signature is by a key that the chain lists for the programme at that time.
//  3. The document says what the record says.
//  4. The proof leads from the record to its batch's root.
//  5. At block N, final, the chain holds that root.
//  6. At block N the record is neither revoked nor replaced.
//  7. At block N the chain says the same of the lot, and calls its programme so.
//  8. The record is not used up for a fulfilment certificate; which one, only a mirror can tell.

import { keccak_256 as keccak } from "../vendor/keccak.js";
import { compared, toHex } from "./bytes.js";
import { facts, keyOf } from "./credential.js";
import { rootFrom } from "./merkle.js";
import { parse } from "./number.js";
import { holds } from "./signature.js";

const AHEAD = 86400; // seconds: no honest clock is further before the chain's and ours
const UNITS = { 1: "TREE", 2: "PLANT", 3: "M2" };
const REASONS = ["", "ERROR", "FRAUD", "DUPLICATE", "NOT_PLANTED", "HOLDER_REQUEST", "REPLACED"];

// Findings {check, code, detail}. `ledger` is pinned, or a Bundle, or null where no node is asked
// or it is silent; `network` is {chainId, contract} known from elsewhere, never taken from the document,
// each null where it is not known; `asked` is the number in question.
export async function checked(document, { ledger = null, network = {}, asked = null }) {
  let claimed, key;
  try {
    claimed = facts(document);
    key = keyOf(claimed);
  } catch (error) {
    return [finding("document", "DOCUMENT_MALFORMED", error.message)];
  }
  const found = [
    number(claimed, asked), // (1)
    await signature(document, claimed, key, ledger), // (2)
    said(claimed), // (3)
    proof(claimed), // (4)
  ];
  return [...found, ...(await onChain(claimed, ledger, network))]; // (5) to (8)
}

function number(claimed, asked) {
  const parsed = parse(claimed.number);
  if (parsed === null) return finding("number", "NUMBER_MISTYPED", claimed.number);
  const own = parsed.tree === claimed.tree && (asked === null || parsed.number === asked);
  return finding("number", own ? "NUMBER_OK" : "NUMBER_OF_ANOTHER_RECORD", claimed.number);
}

async function signature(document, claimed, key, ledger) {
  let holding;
  try {
    holding = await holds(document, key);
  } catch (error) {
    return finding("signature", "SIGNATURE_UNCHECKED", error.message);
  }
  if (!holding) return finding("signature", "SIGNATURE_BROKEN", claimed.method);
  // A node of another chain is not asked; a bundle is the word of one programme on its own chain.
  const own = ledger?.isSnapshot || ledger?.chainId === claimed.chainId ? ledger : null;
  return asking("signature", "SIGNATURE_UNCHECKED", own, async () => {
    const listed = await own.issuerKey(claimed.programme, keccak(key));
    if (listed === null && isYounger(claimed, own)) return ["SIGNATURE_UNCHECKED"];
    if (listed === null || compared(listed.publicKey, key) !== 0) return ["KEY_NOT_LISTED"];
    const held = heldAt(listed, claimed.created, own.block.time);
    return [held ? "SIGNATURE_OK" : "KEY_NOT_OF_ITS_TIME", claimed.method];
  });
}

// Whether the key was the programme's at that moment, in seconds. Of one that has not come, by the
// chain's clock or ours, nobody knows yet.
export function heldAt({ from, until }, moment, known) {
  return hasCome(moment, known) && from <= moment && (until === 0 || moment < until);
}

function hasCome(moment, known) {
  return moment <= Math.max(known, Date.now() / 1000) + AHEAD;
}

// Whether the signature is later than what is known here: by a key, perhaps, that came later. An old
// record is signed anew once its programme's key was replaced. A node that keeps up knows every key.
function isYounger(claimed, ledger) {
  const { time } = ledger.block;
  const later = time <= claimed.created && hasCome(claimed.created, time);
  if (ledger.isSnapshot) return later || lags(claimed, ledger);
  return later && Date.now() / 1000 - time > AHEAD;
}

function said(claimed) {
  const serial = Number(claimed.tree & 0xffffffffn);
  const lot = String(claimed.lotId & 0xffffffffn);
  const issuer = claimed.method.split("#")[0].split(":").pop();
  const same =
    claimed.serial === serial && claimed.lot.split("-").pop() === lot && issuer === programmeOf(claimed);
  return finding("document", same && claimed.agrees ? "DOCUMENT_OK" : "DOCUMENT_DIFFERS", claimed.lot);
}

// The programme's code, as the lot's name has it.
function programmeOf({ lot }) {
  return lot.slice(0, Math.max(lot.lastIndexOf("-"), 0));
}

function proof(claimed) {
  const leads = compared(rootFrom(claimed.record, claimed.proof), claimed.root) === 0;
  return finding("proof", leads ? "PROOF_OK" : "PROOF_BROKEN", toHex(claimed.root));
}

async function onChain(claimed, node, { chainId = null, contract = null }) {
  const elsewhere = contract !== null && contract.toLowerCase() !== claimed.contract;
  if (elsewhere || (chainId !== null && chainId !== claimed.chainId)) {
    const where = `chain ${claimed.chainId}, contract ${claimed.contract}`;
    const rest = ["record", "lot", "registry"].map((check) => finding(check, "NOT_REACHED"));
    return [finding("root", "WRONG_NETWORK", where), ...rest];
  }
  // A node of another chain knows nothing of this one, for or against.
  const ledger = node?.chainId === claimed.chainId ? node : null;
  const behind = ledger !== null && lags(claimed, ledger);
  let status = null;
  return [
    await asking("root", "ROOT_UNCHECKED", ledger, async () => {
      const held = await ledger.rootOf((claimed.lotId << 32n) | BigInt(claimed.firstSerial));
      if (compared(held, claimed.root) === 0) return ["ROOT_OK", toHex(held)];
      return [behind ? "ROOT_UNCHECKED" : "ROOT_MISSING", toHex(held)];
    }),
    await asking("record", "RECORD_UNCHECKED", ledger, async () => {
      const told = await ledger.status(claimed.tree);
      if (!told.isMinted && behind) return ["RECORD_UNCHECKED"];
      status = told;
      return recordAnswer(told);
    }),
    await asking("lot", "LOT_UNCHECKED", ledger, async () => {
      const lot = await ledger.lotOf(claimed.lotId);
      if (lot === null && behind) return ["LOT_UNCHECKED"];
      const called = lot && (await ledger.programmeCode(claimed.programme));
      if (called !== null && called !== programmeOf(claimed)) return ["LOT_DIFFERS", claimed.lot];
      return lotAnswer(lot, claimed);
    }),
    exchange(status),
  ];
}

// Whether this block is older than the one that brought the record. Of a record that a snapshot
// holds, a document says in vain that it came later.
function lags(claimed, ledger) {
  if (ledger.block.height >= claimed.block) return false;
  return !(ledger.isSnapshot && ledger.status(claimed.tree).isMinted);
}

// [code, detail] of what the chain says of a record.
export function recordAnswer({ replacedBy, revoked }) {
  if (replacedBy !== null) return ["RECORD_REPLACED", `0x${replacedBy.toString(16).padStart(24, "0")}`];
  if (revoked) return ["RECORD_REVOKED", REASONS[revoked] ?? `reason ${revoked}`];
  return ["RECORD_OK"];
}

// [code, detail] of what the chain says of a lot, against what a document says.
export function lotAnswer(lot, claimed) {
  const same =
    lot !== null &&
    lot.site === claimed.site &&
    lot.species === claimed.species &&
    lot.year === claimed.year &&
    UNITS[lot.unit] === claimed.unit;
  if (!same) return ["LOT_DIFFERS", claimed.lot];
  return [lot.minted > lot.cap ? "LOT_IN_DEFICIT" : "LOT_OK", claimed.lot];
}

function exchange(status) {
  if (status === null) return finding("registry", "EXCHANGE_UNCHECKED");
  if (status.claim === null) return finding("registry", "NOT_EXCHANGED");
  return finding("registry", "EXCHANGE_UNCHECKED", toHex(status.claim));
}

async function asking(check, silent, ledger, ask) {
  if (!ledger) return finding(check, silent);
  try {
    return finding(check, ...(await ask()));
  } catch (error) {
    return finding(check, silent, error.message);
  }
}

export function finding(check, code, detail = "") {
  return { check, code, detail };
}
