// What the QR code of a certificate proves by itself: numbered and judged as flow/scan.py does, from
// the code and a bundle. It has no room for a proof, so 3, 4, 5 and 8 are the credential's.

import { keccak_256 as keccak } from "../vendor/keccak.js";
import { compared, toHex } from "./bytes.js";
import { finding, heldAt, lotAnswer, recordAnswer } from "./checks.js";
import { networkMark, read } from "./compact.js";
import { isBy, names } from "./cose.js";

// {findings, claimed}; `world` is a Bundle. A code of another form is a finding, never an error.
export async function scanned(code, world) {
  let claimed, message;
  try {
    ({ claimed, message } = read(code));
  } catch (error) {
    return { findings: [finding("document", "DOCUMENT_MALFORMED", error.message)], claimed: null };
  }
  const findings = [
    finding("number", "NUMBER_OK", claimed.number), // (1)
    await signature(claimed, message, world), // (2)
  ];
  if (compared(claimed.network, networkMark(world.chainId, world.contract)) !== 0) {
    findings.push(finding("root", "WRONG_NETWORK", `network ${toHex(claimed.network)}`));
  } else findings.push(record(claimed, world), lot(claimed, world)); // (6), (7)
  return { findings, claimed };
}

async function signature(claimed, message, world) {
  const keys = world.issuerKeys(claimed.programme);
  const named = message.keyId.length === 2 ? keys.filter((key) => names(message, keccak(key))) : [];
  for (const key of named) {
    if (!(await isBy(message, key))) continue;
    const listed = world.issuerKey(claimed.programme, keccak(key));
    const held = heldAt(listed, claimed.signed, world.block.time);
    return finding("signature", held ? "SIGNATURE_OK" : "KEY_NOT_OF_ITS_TIME", toHex(keccak(key)));
  }
  const code = named.length ? "SIGNATURE_BROKEN" : "KEY_UNCHECKED";
  return finding("signature", code, `key ${toHex(message.keyId)}`);
}

function record(claimed, world) {
  const status = world.status(claimed.tree);
  if (!status.isMinted) return finding("record", "RECORD_UNCHECKED", `block ${world.block.height}`);
  return finding("record", ...recordAnswer(status));
}

function lot(claimed, world) {
  const facts = world.lotOf(claimed.lotId);
  // Some chains give two blocks one time.
  const later = facts === null && claimed.minted >= world.block.time;
  if (later) return finding("lot", "LOT_UNCHECKED", claimed.lot);
  return finding("lot", ...lotAnswer(facts, { ...claimed, site: facts?.site }));
}
