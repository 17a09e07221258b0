// The second recount: of another hand, in another language, with viem and nothing of ours.
//
//   node recount.mjs RPC CONTRACT BLOCK
//
// Prints what it found as JSON: the block, the code's hash, the hash of all logs, how much was
// looked at, the sums and the lots, and the code of every difference. Read it as an auditor who
// does not trust the first one: it shares no line with it.

import { createHash } from "node:crypto";
import { decodeEventLog, keccak256 } from "viem";
import { Books, cap, deficit, type Lot } from "./books.ts";
import { Comparison } from "./compare.ts";
import { abi, connect, type Hex, type Log, logsUpTo, type Values } from "./ledger.ts";

const UNITS = ["NONE", "TREE", "PLANT", "M2"];

const bytes = (hex: string): Buffer => Buffer.from(hex.slice(2), "hex");
const sha256 = (...parts: Buffer[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

function eight(number: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(number));
  return buffer;
}

// Over the digest before it and the log's own: block, index, transaction, block's hash, words.
function hashOf(logs: Log[]): string {
  let digest: Buffer = Buffer.alloc(32);
  for (const log of logs) {
    const where = [eight(log.block), eight(log.index), bytes(log.transaction), bytes(log.blockHash)];
    digest = sha256(digest, sha256(...where, ...log.topics.map(bytes), bytes(log.data)));
  }
  return `0x${digest.toString("hex")}`;
}

function decoded(log: Log): [string | null, Values] {
  try {
    const { eventName, args } = decodeEventLog({ abi, topics: log.topics as any, data: log.data });
    const lower = ([key, value]: [string, unknown]) => [
      key,
      typeof value === "string" ? value.toLowerCase() : value,
    ];
    return [eventName, Object.fromEntries(Object.entries(args ?? {}).map(lower as any))];
  } catch {
    return [null, {}];
  }
}

const text = (code: Hex): string => bytes(code).toString("latin1").replace(/\0+$/, "");

function lines(books: Books) {
  const lots = [...books.lots].sort(([a], [b]) => (a < b ? -1 : 1));
  const programme = (id: bigint) => text(books.programmes.get(Number(id >> 32n)) ?? "0x");
  const shown = lots.map(([id, lot]) => ({
    lot: `${programme(id)}/${id & 0xffffffffn}`,
    site: text(lot.terms.site),
    species: text(lot.terms.species),
    year: lot.terms.year,
    unit: UNITS[lot.terms.unit],
    endorsed: lot.counts.get(1) ?? 0,
    accepted: lot.counts.get(2) ?? null,
    surveyed: lot.counts.get(3) ?? null,
    minted: lot.minted,
    revoked: lot.revoked,
    live: lot.minted - lot.revoked,
    deficit: deficit(lot),
    closed: lot.closed,
  }));
  const groups: [string, (id: bigint, lot: Lot) => string][] = [
    ["all", () => ""],
    ["programme", (id) => programme(id)],
    ["province", (_, lot) => text(lot.terms.site).split("/")[0]],
    ["site", (_, lot) => `${text(lot.terms.site)} ${lot.terms.year}`],
    ["year", (_, lot) => String(lot.terms.year)],
    ["species", (_, lot) => text(lot.terms.species)],
  ];
  return { lots: shown, sums: groups.flatMap(([by, key]) => sums(by, lots, key)) };
}

function sums(by: string, lots: [bigint, Lot][], key: (id: bigint, lot: Lot) => string) {
  const found = new Map<string, Values>();
  for (const [id, lot] of lots) {
    const [name, unit] = [key(id, lot), UNITS[lot.terms.unit]];
    const none = { lots: 0, endorsed: 0, accepted: 0, minted: 0, revoked: 0, live: 0, deficit: 0 };
    const sum = found.get(`${name} ${unit}`) ?? { by, key: name, unit, ...none };
    sum.lots += 1;
    sum.endorsed += lot.counts.get(1) ?? 0;
    sum.accepted += lot.counts.get(2) ?? 0;
    sum.minted += lot.minted;
    sum.revoked += lot.revoked;
    sum.live = sum.minted - sum.revoked;
    sum.deficit += Math.max(0, lot.minted - cap(lot));
    found.set(`${name} ${unit}`, sum);
  }
  return [...found.values()];
}

async function main(url: string, address: Hex, block: bigint): Promise<void> {
  const client = connect(url);
  const pinned = await client.getBlock({ blockNumber: block });
  const code = await client.getCode({ address, blockNumber: block });
  const logs = await logsUpTo(client, address, block);
  const books = new Books();
  for (const log of logs) books.take(...decoded(log), log);
  const comparison = new Comparison(client, address, block, books);
  await comparison.all();
  const counts = {
    events: logs.length,
    batches: books.batches.size,
    records: [...books.lots.values()].reduce((total, lot) => total + lot.minted, 0),
    answers: comparison.answers,
    differences: books.codes.length,
  };
  const found = {
    block: { number: Number(pinned.number), hash: pinned.hash },
    code_hash: keccak256(code ?? "0x"),
    logs_hash: hashOf(logs),
    counts,
    ...lines(books),
    differences: books.codes,
  };
  console.log(JSON.stringify(found));
}

await main(process.argv[2], process.argv[3].toLowerCase() as Hex, BigInt(process.argv[4]));
