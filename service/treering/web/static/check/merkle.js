// The Merkle tree over a batch's records, as TreeLedger rebuilds it: a leaf hashes 32 bytes, a
// node 64, a pair in sorted order.

import { keccak_256 as keccak } from "../vendor/keccak.js";
import { compared, joined } from "./bytes.js";

export function rootFrom(word, proof) {
  return proof.reduce(
    (node, sibling) => keccak(compared(node, sibling) < 0 ? joined(node, sibling) : joined(sibling, node)),
    keccak(word),
  );
}
