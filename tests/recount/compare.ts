// What the contract itself answers at the pinned block, held against the books value by value.

import type { Client, Hex } from "./ledger.ts";
import { abi } from "./ledger.ts";
import { type Books, cap, deficit, type Lot, NOBODY, ZERO } from "./books.ts";

export class Comparison {
  answers = 0;

  constructor(
    private client: Client,
    private address: Hex,
    private block: bigint,
    private books: Books,
  ) {}

  // Every counter and every state that the books know of.
  async all(): Promise<void> {
    for (const [id, lot] of this.books.lots) await this.lot(id, lot);
    for (const unit of [1, 2, 3]) {
      await this.sum("totals", [unit], (_, lot) => lot.terms.unit === unit);
    }
    await this.sums("totalsOfProgramme", (id) => [Number(id >> 32n)]);
    await this.sums("totalsOfSite", (_, { terms }) => [terms.site, terms.year]);
    await this.sums("totalsOfSpecies", (_, { terms }) => [terms.species]);
    await this.sums("totalsOfYear", (_, { terms }) => [terms.year]);
    for (const [tree, root] of this.books.batches) await this.ask("rootOf", [tree], [root]);
    const { revoked, replaces, claims } = this.books;
    const touched = new Set([...revoked.keys(), ...replaces.keys(), ...claims.keys()]);
    for (const tree of touched) await this.record(tree);
    await this.rest();
  }

  private async lot(id: bigint, lot: Lot): Promise<void> {
    const { site, species, year, unit, dossier } = lot.terms;
    const counts = [1, 2, 3].map((stage) => lot.counts.get(stage) ?? 0);
    const flags = [lot.counts.has(2), lot.counts.has(3), lot.closed];
    const values = [site, species, year, unit, dossier, ...counts, lot.minted, lot.revoked];
    await this.ask("lotOf", [id], [...values, ...flags]);
    await this.ask("capOf", [id], [cap(lot)]);
    await this.ask("deficitOf", [id], [deficit(lot)]);
    for (const stage of [1, 2, 3]) {
      await this.ask("statementOf", [id, stage], [lot.statements.get(stage) ?? ZERO]);
    }
  }

  private async sums(view: string, key: (id: bigint, lot: Lot) => unknown[]): Promise<void> {
    const groups = new Map<string, unknown[]>();
    for (const [id, lot] of this.books.lots) {
      const whole = [...key(id, lot), lot.terms.unit];
      groups.set(whole.join(" "), whole);
    }
    for (const [name, whole] of groups) {
      const isIn = (id: bigint, lot: Lot) => [...key(id, lot), lot.terms.unit].join(" ") === name;
      await this.sum(view, whole, isIn);
    }
  }

  private async sum(view: string, args: unknown[], isIn: (id: bigint, lot: Lot) => boolean) {
    const lots = [...this.books.lots].filter(([id, lot]) => isIn(id, lot)).map(([, lot]) => lot);
    const added = (name: "minted" | "revoked") =>
      BigInt(lots.reduce((total, lot) => total + lot[name], 0));
    await this.ask(view, args, [added("minted"), added("revoked")]);
  }

  private async record(tree: bigint): Promise<void> {
    const { replacedBy, replaces, revoked, claims } = this.books;
    const plusOne = (other: bigint | undefined) => (other === undefined ? 0n : other + 1n);
    await this.ask("status", [tree], [
      this.books.isMinted(tree),
      revoked.get(tree) ?? 0,
      plusOne(replacedBy.get(tree)),
      plusOne(replaces.get(tree)),
      claims.get(tree) ?? ZERO,
    ]);
  }

  private async rest(): Promise<void> {
    const { books } = this;
    for (const [number, code] of books.programmes) await this.ask("programmeCode", [number], [code]);
    for (const [who, nonce] of books.nonces) await this.ask("nonceOf", [who], [nonce]);
    for (const [feed, head] of books.feeds) await this.ask("feedHead", [feed], head);
    for (const key of books.keys.values()) {
      await this.ask("issuerKey", [key.programme, key.id], [key.publicKey, key.from, key.until]);
    }
    for (const { role, account, held } of books.roles.values()) {
      await this.ask("hasRole", [role, account], [held]);
    }
    const admins = [...books.roles.values()].filter((one) => one.role === ZERO && one.held);
    await this.ask("defaultAdmin", [], [admins.length === 1 ? admins[0].account : NOBODY]);
    await this.ask("successor", [], [books.successor ?? NOBODY]);
    await this.ask("paused", [], [books.paused]);
  }

  private async ask(view: string, args: unknown[], expected: unknown[]): Promise<void> {
    const { address, block: blockNumber } = this;
    const answer = await this.client.readContract({
      address,
      abi,
      functionName: view as any,
      args: args as any,
      blockNumber,
    });
    const found = flat(answer);
    if (found.length !== expected.length) throw new Error(`${view} has ${found.length} values`);
    this.answers += found.length;
    found.forEach((value, i) => {
      this.books.find("CONTRACT_DIFFERS", plain(value) !== plain(expected[i]));
    });
  }
}

const plain = (value: unknown): string => String(value).toLowerCase();

function flat(value: unknown): unknown[] {
  if (value !== null && typeof value === "object") return Object.values(value).flatMap(flat);
  return [value];
}

