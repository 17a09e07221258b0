// TreeLedger, asked of one node at one final block. A node that is silent, answers nonsense or
// is of another chain is an Error: nobody is judged by it.

import { keccak_256 as keccak } from "../vendor/keccak.js";
import { fromHex, toHex, utf8 } from "./bytes.js";

const PATIENCE = 15_000; // milliseconds for one answer

export class Silent extends Error {}

export class Ledger {
  isSnapshot = false;

  constructor(node, contract) {
    this.node = node;
    this.contract = contract;
    this.asked = 0;
  }

  // Pin the newest final block; everything after is asked at this one.
  async pin() {
    this.chainId = Number(quantity(await this.call("eth_chainId")));
    const block = await this.call("eth_getBlockByNumber", "finalized", false);
    if (!/^0x[0-9a-f]{64}$/.test(block?.hash)) throw new Silent("the node names no final block");
    this.block = { hash: block.hash, height: Number(quantity(block.number)) };
    this.block.time = Number(quantity(block.timestamp));
  }

  async rootOf(firstTree) {
    return (await this.view("rootOf(uint96)", 1, firstTree))[0];
  }

  async status(tree) {
    const [minted, revoked, replacedBy, replaces, claim] = await this.view("status(uint96)", 5, tree);
    return {
      isMinted: big(minted) === 1n,
      revoked: Number(big(revoked)),
      replacedBy: big(replacedBy) ? big(replacedBy) - 1n : null,
      replaces: big(replaces) ? big(replaces) - 1n : null,
      claim: big(claim) ? claim : null,
    };
  }

  async lotOf(lot) {
    const words = await this.view("lotOf(uint64)", 13, lot);
    const [year, unit] = [words[2], words[3]].map((word) => Number(big(word)));
    if (unit === 0) return null;
    const [endorsed, accepted, , minted, , isAccepted] = words.slice(5).map((word) => Number(big(word)));
    const cap = isAccepted ? accepted : endorsed;
    return { site: code(words[0]), species: code(words[1]), year, unit, minted, cap };
  }

  // {from, until} of a listed key in Unix seconds, until 0 while it is not retired; null.
  async issuerKey(programme, keyId) {
    const words = await this.view("issuerKey(uint32,bytes32)", 5, programme, keyId);
    const length = Number(big(words[4]));
    if (length === 0) return null;
    const publicKey = words[5]?.slice(0, length);
    return { publicKey, from: Number(big(words[2])), until: Number(big(words[3])) };
  }

  // What the contract calls a programme.
  async programmeCode(programme) {
    return code((await this.view("programmeCode(uint32)", 1, programme))[0]);
  }

  async view(signature, least, ...arguments_) {
    const words = arguments_.map((one) => (one instanceof Uint8Array ? one : word(one)));
    const data = toHex(keccak(utf8(signature)).slice(0, 4)) + words.map((w) => toHex(w).slice(2)).join("");
    const at = { blockHash: this.block.hash, requireCanonical: true };
    const answer = fromHex(await this.call("eth_call", { to: this.contract, data }, at));
    if (answer.length < 32 * least) throw new Silent("there is no TreeLedger at this address");
    return Array.from({ length: answer.length / 32 }, (_, i) => answer.slice(32 * i, 32 * i + 32));
  }

  async call(method, ...params) {
    const id = ++this.asked;
    let answer;
    try {
      const response = await fetch(this.node, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
        credentials: "omit",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout?.(PATIENCE),
      });
      answer = await response.json();
    } catch (error) {
      throw new Silent(`${method}: ${error.message}`);
    }
    if (answer?.id !== id || !("result" in answer) || answer.result === null) {
      throw new Silent(`${method}: ${answer?.error?.message ?? "no answer to what was asked"}`);
    }
    return answer.result;
  }
}

function quantity(value) {
  if (!/^0x[0-9a-f]{1,64}$/.test(value)) throw new Silent("the node answered with no number");
  return BigInt(value);
}

function big(bytes) {
  return BigInt(toHex(bytes));
}

function word(value) {
  return fromHex(BigInt(value).toString(16).padStart(64, "0"));
}

// An ASCII code, such as a site's or a species', from its padded bytes.
function code(padded) {
  return String.fromCharCode(...padded).replace(/\0+$/, "");
}
