// The books of the second recount, and the rules by which an event is entered into them.
// A rule that is broken gives a code; the event is entered all the same.

import { concat, encodeAbiParameters, keccak256, numberToHex, size, slice, stringToHex } from "viem";
import type { Hex, Log, Values } from "./ledger.ts";

export const ZERO = `0x${"00".repeat(32)}` as Hex;
export const NOBODY = `0x${"00".repeat(20)}` as Hex;
const SHANGHAI = 8 * 3600;

export interface Lot {
  terms: { site: Hex; species: Hex; year: number; unit: number; dossier: Hex };
  counts: Map<number, number>;
  statements: Map<number, Hex>;
  minted: number;
  next: number;
  revoked: number;
  closed: boolean;
}

export const role = (name: string): Hex => keccak256(stringToHex(`treering/${name}`));
export const roleOf = (name: string, programme: number): Hex =>
  keccak256(
    encodeAbiParameters([{ type: "string" }, { type: "uint32" }], [`treering/${name}`, programme]),
  );
export const cap = (lot: Lot): number => lot.counts.get(2) ?? lot.counts.get(1) ?? 0;
export const deficit = (lot: Lot): number => Math.max(0, lot.minted - cap(lot));
export const lotOfTree = (tree: bigint): bigint => tree >> 32n;
export const treeOf = (lot: bigint, serial: number): bigint => (lot << 32n) | BigInt(serial);

const startOf = (year: number): bigint => BigInt(Date.UTC(year, 0, 1) / 1000 - SHANGHAI);
const serialOf = (tree: bigint): number => Number(tree & 0xffffffffn);
const programmeOf = (lot: bigint): number => Number(lot >> 32n);
const isCode = (code: Hex): boolean =>
  /^([\x21-\x7e]+)\0*$/.test(Buffer.from(code.slice(2), "hex").toString("latin1"));

// The root over consecutive records: leaves of 32 bytes, pairs in sorted order, odd ones move up.
export function rootOf(first: bigint, holders: Hex): Hex {
  let level: Hex[] = [];
  for (let i = 0; i < size(holders) / 20; i += 1) {
    const id = numberToHex(first + BigInt(i), { size: 12 });
    level.push(keccak256(concat([id, slice(holders, 20 * i, 20 * i + 20)])));
  }
  while (level.length > 1) {
    const above: Hex[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) {
      const [a, b] = [level[i], level[i + 1]];
      above.push(keccak256(a < b ? concat([a, b]) : concat([b, a])));
    }
    if (level.length % 2) above.push(level[level.length - 1]);
    level = above;
  }
  return level[0];
}

export class Books {
  codes: string[] = [];
  programmes = new Map<number, Hex>();
  lots = new Map<bigint, Lot>();
  batches = new Map<bigint, Hex>();
  revoked = new Map<bigint, number>();
  replacedBy = new Map<bigint, bigint>();
  replaces = new Map<bigint, bigint>();
  claims = new Map<bigint, Hex>();
  nonces = new Map<string, bigint>();
  feeds = new Map<Hex, [bigint, Hex]>();
  keys = new Map<string, { programme: number; id: Hex; publicKey: Hex; from: bigint; until: bigint }>();
  duties = new Map<Hex, string>([
    [ZERO, ""],
    [role("inspector"), "inspect"],
    [role("registry"), ""],
    [role("mirror"), ""],
    [role("pauser"), ""],
  ]);
  roles = new Map<string, { role: Hex; account: Hex; held: boolean }>();
  successor: Hex | null = null;
  heir: Hex | null = null;
  paused = false;
  private last: [number, number] = [-1, -1];

  take(name: string | null, values: Values, log: Log): void {
    const [block, index] = this.last;
    if (log.block < block || (log.block === block && log.index <= index)) this.find("EVENT_ORDER");
    this.last = [log.block, log.index];
    if (name === null) this.find("EVENT_STRANGE");
    else (this as any)[`on${name}`]?.(values);
  }

  find(code: string, broken = true): void {
    if (broken) this.codes.push(code);
  }

  holds(which: Hex, account: Hex): boolean {
    return this.roles.get(which + account)?.held ?? false;
  }

  onProgrammeOpened({ programme, code }: Values): void {
    this.find("PROGRAMME_REPEATED", this.programmes.has(programme));
    this.find("CODE_MALFORMED", !isCode(code));
    this.programmes.set(programme, code);
    this.duties.set(roleOf("registrar", programme), "register");
    this.duties.set(roleOf("minter", programme), "mint");
    this.duties.set(roleOf("revoker", programme), "");
  }

  onLotOpened({ lot, site, year, species, unit, dossier }: Values): void {
    this.find("PROGRAMME_UNKNOWN", !this.programmes.has(programmeOf(lot)));
    this.find("CODE_MALFORMED", !isCode(site));
    this.find("CODE_MALFORMED", !isCode(species));
    this.find("LOT_YEAR", year < 1981 || year > 9998);
    this.find("LOT_UNIT", unit < 1 || unit > 3);
    this.find("VALUE_MISSING", dossier === ZERO);
    if (this.lots.has(lot)) return this.find("LOT_REPEATED");
    const terms = { site, species, year, unit, dossier };
    const none = { minted: 0, next: 0, revoked: 0, closed: false };
    this.lots.set(lot, { terms, counts: new Map(), statements: new Map(), ...none });
  }

  onLotClosed({ lot }: Values): void {
    const book = this.lots.get(lot);
    if (!book) return this.find("LOT_UNKNOWN");
    this.find("LOT_CLOSED", book.closed);
    book.closed = true;
  }

  onStated(said: Values): void {
    const book = this.lots.get(said.lot);
    if (!book) this.find("LOT_UNKNOWN");
    else if (said.stage < 1 || said.stage > 3) this.find("STATEMENT_STAGE");
    else this.enterStatement(book, said);
    this.find("STATEMENT_INSPECTOR", !this.holds(role("inspector"), said.inspector));
    this.find("STATEMENT_NONCE", said.nonce !== (this.nonces.get(said.inspector) ?? 0n));
    this.nonces.set(said.inspector, said.nonce + 1n);
  }

  private enterStatement(book: Lot, said: Values): void {
    this.find("STATEMENT_STAGE", said.stage > 1 && !book.counts.has(said.stage - 1));
    this.find("STATEMENT_CHAIN", said.supersedes !== (book.statements.get(said.stage) ?? ZERO));
    this.find("STATEMENT_COUNT", said.oldCount !== (book.counts.get(said.stage) ?? 0));
    this.find("VALUE_MISSING", said.id === ZERO || said.report === ZERO);
    const { year } = book.terms;
    const late = said.inspectedAt <= 0n || said.inspectedAt >= startOf(year + 1);
    const outOfSeason = said.stage === 1 ? late : said.inspectedAt < startOf(year);
    this.find("STATEMENT_SEASON", year >= 1981 && year <= 9998 && outOfSeason);
    book.counts.set(said.stage, said.newCount);
    book.statements.set(said.stage, said.id);
  }

  onBatchMinted({ lot, firstSerial, root, holders }: Values): void {
    const count = size(holders) / 20;
    const isBatch = Number.isInteger(count) && count >= 1 && count <= 6500;
    if (!isBatch || firstSerial + count > 2 ** 32) return this.find("BATCH_SIZE");
    this.find("MINTED_IN_PAUSE", this.paused);
    const book = this.lots.get(lot);
    if (book) this.enterBatch(book, firstSerial, count);
    else this.find("LOT_UNKNOWN");
    const first = treeOf(lot, firstSerial);
    const rebuilt = rootOf(first, holders);
    this.find("ROOT_DIFFERS", rebuilt !== root);
    this.batches.set(first, rebuilt);
  }

  private enterBatch(book: Lot, first: number, count: number): void {
    this.find("LOT_CLOSED", book.closed);
    this.find("SERIAL_UNEXPECTED", first !== book.next);
    this.find("CAP_EXCEEDED", first + count > cap(book));
    book.minted += count;
    book.next = first + count;
  }

  isMinted(tree: bigint): boolean {
    const book = this.lots.get(lotOfTree(tree));
    return book !== undefined && serialOf(tree) < book.next;
  }

  private live(tree: bigint): void {
    this.find("RECORD_UNKNOWN", !this.isMinted(tree));
    this.find("RECORD_REVOKED_BEFORE", this.revoked.has(tree));
  }

  private takeBack(tree: bigint, reason: number): void {
    const book = this.lots.get(lotOfTree(tree));
    if (book && !this.revoked.has(tree)) book.revoked += 1;
    this.revoked.set(tree, reason);
  }

  onRecordRevoked({ treeId, reason }: Values): void {
    this.live(treeId);
    this.find("RECORD_REASON", reason < 1 || reason > 5);
    this.takeBack(treeId, reason);
  }

  onRecordReplaced({ oldTreeId, newTreeId }: Values): void {
    this.live(oldTreeId);
    this.takeBack(oldTreeId, 6);
    this.live(newTreeId);
    this.find("RECORD_PROGRAMME", oldTreeId >> 64n !== newTreeId >> 64n);
    this.find("RECORD_SUCCESSOR", this.replaces.has(newTreeId));
    this.replaces.set(newTreeId, oldTreeId);
    this.replacedBy.set(oldTreeId, newTreeId);
  }

  onRecordClaimed({ treeId, commitment }: Values): void {
    this.live(treeId);
    this.find("RECORD_NOT_A_TREE", this.lots.get(lotOfTree(treeId))?.terms.unit !== 1);
    this.find("VALUE_MISSING", commitment === ZERO);
    this.find("RECORD_CLAIMED", (this.claims.get(treeId) ?? ZERO) !== ZERO);
    this.claims.set(treeId, commitment);
  }

  onClaimReleased({ treeId, commitment }: Values): void {
    const standing = this.claims.get(treeId) ?? ZERO;
    const stands = standing !== ZERO && standing === commitment;
    this.find("RECORD_NOT_CLAIMED", !stands);
    this.claims.set(treeId, ZERO);
  }

  onFeedAnchored({ feed, oldSize, oldRoot, newSize, newRoot }: Values): void {
    const [length, root] = this.feeds.get(feed) ?? [0n, ZERO];
    this.find("FEED_HEAD", oldSize !== length || oldRoot !== root);
    this.find("FEED_SHRINKS", newSize < length);
    this.find("FEED_SHRINKS", newSize === length && newRoot !== root);
    this.find("VALUE_MISSING", newSize === 0n || feed === ZERO || newRoot === ZERO);
    this.feeds.set(feed, [newSize, newRoot]);
  }

  onIssuerKeySet({ programme, keyId, publicKey, from }: Values): void {
    this.find("PROGRAMME_UNKNOWN", !this.programmes.has(programme));
    this.find("KEY_REPEATED", this.keys.has(`${programme} ${keyId}`));
    this.find("VALUE_MISSING", keyId === ZERO || publicKey === "0x" || from === 0n);
    this.keys.set(`${programme} ${keyId}`, { programme, id: keyId, publicKey, from, until: 0n });
  }

  onIssuerKeyRetired({ programme, keyId, oldUntil, newUntil }: Values): void {
    const key = this.keys.get(`${programme} ${keyId}`);
    if (!key) return this.find("KEY_UNKNOWN");
    this.find("KEY_END", oldUntil !== key.until);
    this.find("VALUE_MISSING", newUntil === 0n);
    this.find("KEY_RETIRED", key.until !== 0n && newUntil >= key.until);
    key.until = newUntil;
  }

  onSuccessorNamed({ successor }: Values): void {
    this.find("SUCCESSOR_REPEATED", this.successor !== null);
    this.find("VALUE_MISSING", successor === NOBODY);
    this.successor = successor;
  }

  onPaused({ account }: Values): void {
    this.switchTo(true, account);
  }

  onUnpaused({ account }: Values): void {
    this.switchTo(false, account);
  }

  private switchTo(paused: boolean, account: Hex): void {
    this.find("ROLE_LACKING", !this.holds(role("pauser"), account));
    this.find("PAUSE_REPEATED", this.paused === paused);
    this.paused = paused;
  }

  onDefaultAdminTransferScheduled({ newAdmin }: Values): void {
    this.heir = newAdmin;
  }

  onDefaultAdminTransferCanceled(): void {
    this.heir = null;
  }

  onRoleGranted({ role: which, account, sender }: Values): void {
    const admins = [...this.roles.values()].filter((one) => one.role === ZERO);
    const takesOver = admins.length === 0 || (sender === account && account === this.heir);
    this.find("ROLE_LACKING", which === ZERO ? !takesOver : !this.holds(ZERO, sender));
    this.find("ROLE_UNKNOWN", !this.duties.has(which));
    this.find("ROLE_REPEATED", this.holds(which, account));
    const duty = this.duties.get(which) ?? "";
    const others = [...this.roles.values()].filter((one) => one.held && one.account === account);
    const conflicts = others.some((one) => {
      const other = this.duties.get(one.role) ?? "";
      return duty !== "" && other !== "" && other !== duty;
    });
    this.find("DUTIES_CONFLICT", conflicts);
    this.roles.set(which + account, { role: which, account, held: true });
  }

  onRoleRevoked({ role: which, account, sender }: Values): void {
    const may = which === ZERO ? sender === this.heir : this.holds(ZERO, sender);
    this.find("ROLE_LACKING", !(may || sender === account));
    this.find("ROLE_NOT_HELD", !this.holds(which, account));
    this.roles.set(which + account, { role: which, account, held: false });
  }
}
