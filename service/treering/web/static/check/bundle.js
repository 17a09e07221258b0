// A bundle (docs/bundle.md): what the chain said at one final block, signed by an issuer. It answers
// as a pinned Ledger would, so the same checks run on either. As domain/bundle has it.

import { keccak_256 as keccak } from "../vendor/keccak.js";
import { compared, toHex } from "./bytes.js";
import { decoded } from "./cbor.js";
import { isBy, names, read } from "./cose.js";
import { big, bytes, code, named, rows, second, trees, whole } from "./rows.js";

const [MAGIC, FORMAT, LARGEST] = ["treering-bundle", 2, 64 << 20];
const PLACES = { 1: 12, 2: 13 }; // of each format
const [UNSIGNED, TOO_NEW, ELSEWHERE] = ["TR412", "TR413", "TR414"];

// Refused, with the code of docs/errors.md; TR411 is what is no bundle, or was changed.
export class Refused extends Error {
  constructor(message, code = "TR411") {
    super(message);
    this.code = code;
  }
}

// The bundle in these bytes, if one of `keys` (32 bytes each) signed it, the chain listed that key
// for somebody at the bundle's own block, and it is of this contract; `chainId` may be null.
export async function opened(data, { keys, contract, chainId = null }) {
  let message, fields;
  const signer = await unless(async () => {
    if (data.length > LARGEST) throw new Error(`it has more than ${LARGEST} bytes`);
    message = read(data);
    return signedBy(message, keys);
  });
  const bundle = await unless(() => {
    fields = decoded(message.payload);
    return new Bundle(formed(fields), signer);
  });
  const same = bundle.contract === contract.toLowerCase() && [null, bundle.chainId].includes(chainId);
  if (!same) {
    throw new Refused(`chain ${bundle.chainId}, contract ${bundle.contract}`, ELSEWHERE);
  }
  if (!bundle.holdsSigner()) throw new Refused("the chain did not list its signer at its block", UNSIGNED);
  return bundle;
}

async function unless(reading) {
  try {
    return await reading();
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(error.message);
  }
}

async function signedBy(message, keys) {
  const named = message.keyId.length === 32 && keys.find((key) => names(message, keccak(key)));
  if (!named) throw new Refused(`it names the key ${toHex(message.keyId)}`, UNSIGNED);
  if (!(await isBy(message, named))) throw new Refused("the key that it names did not sign it", UNSIGNED);
  return named;
}

function formed(fields) {
  const [magic, format] = Array.isArray(fields) ? fields : [];
  if (magic !== MAGIC || !Number.isSafeInteger(format)) throw new Error("it is signed, but no bundle");
  if (format > FORMAT) throw new Refused(`format ${format}`, TOO_NEW);
  if (fields.length !== PLACES[format]) throw new Error(`there is no such format ${format}`);
  return fields;
}

export class Bundle {
  isSnapshot = true;

  constructor([, , chainId, contract, height, hash, time, keys, lots, ...befell], signer) {
    const [revoked, replaced, claimed, codes = []] = befell;
    this.signer = signer;
    this.chainId = whole(chainId);
    this.contract = toHex(bytes(contract, 20));
    this.block = { height: whole(height), hash: toHex(bytes(hash, 32)), time: whole(time) };
    this.keys = new Map(rows(keys, 5).map(keyRow));
    this.lots = new Map(rows(lots, 12).map(lotRow));
    this.revoked = new Map(rows(revoked, 2).map(([tree, why]) => [big(bytes(tree, 12)), whole(why)]));
    this.replaced = new Map(rows(replaced, 2).map(([old, by]) => [big(bytes(old, 12)), big(bytes(by, 12))]));
    this.replaces = new Map([...this.replaced].map(([old, by]) => [by, old]));
    this.claimed = trees(claimed);
    this.codes = new Map(rows(codes, 2).map(([number, name]) => [BigInt(whole(number)), named(name)]));
  }

  rootOf(firstTree) {
    const batches = this.lots.get(firstTree >> 32n)?.batches;
    return batches?.rootOf(Number(firstTree & 0xffffffffn)) ?? new Uint8Array(32);
  }

  status(tree) {
    const lot = this.lots.get(tree >> 32n);
    return {
      isMinted: lot !== undefined && Number(tree & 0xffffffffn) < lot.batches.minted,
      revoked: this.revoked.get(tree) ?? 0,
      replacedBy: this.replaced.get(tree) ?? null,
      replaces: this.replaces.get(tree) ?? null,
      claim: this.claimed.has(tree) ? new Uint8Array() : null,
    };
  }

  lotOf(lot) {
    const { batches, ...facts } = this.lots.get(lot) ?? {};
    return batches ? { ...facts, minted: batches.minted } : null;
  }

  issuerKey(programme, keyId) {
    return this.keys.get(`${programme} ${toHex(keyId)}`) ?? null;
  }

  // What the chain calls a programme; null where a bundle of the first format does not tell.
  programmeCode(programme) {
    return this.codes.get(BigInt(programme)) ?? null;
  }

  // The Ed25519 keys that a programme ever had.

  issuerKeys(programme) {
    const own = [...this.keys.values()].filter((key) => key.programme === programme);
    return own.map((key) => key.publicKey).filter((key) => key.length === 32);
  }

  // Whether the signer's key was some programme's at this block, by the bundle's own account.
  holdsSigner() {
    const { time } = this.block;
    const listed = [...this.keys.values()].filter((key) => compared(key.id, keccak(this.signer)) === 0);
    return listed.some(({ from, until }) => from <= time && (until === 0 || time < until));
  }
}

// A lot's batches in the order of their serials: runs of [records a batch, batches], 32 bytes each.
class Batches {
  constructor(runs, roots) {
    this.runs = rows(runs, 2).map((run) => run.map(whole));
    this.roots = roots;
    const count = this.runs.reduce((sum, [, times]) => sum + times, 0);
    if (this.runs.some((run) => Math.min(...run) < 1)) throw new Error("a run of nothing");
    bytes(roots, 32 * count);
    this.minted = this.runs.reduce((sum, [size, times]) => sum + size * times, 0);
  }

  // The root of the batch that begins there; null if none does.
  rootOf(serial) {
    let before = 0;
    for (const [size, times] of this.runs) {
      if (serial < size * times) {
        const start = 32 * (before + serial / size);
        return serial % size ? null : this.roots.slice(start, start + 32);
      }
      serial -= size * times;
      before += times;
    }
    return null;
  }
}

function keyRow([programme, id, publicKey, from, until]) {
  const times = { from: second(from), until: second(until) };
  const key = { programme: BigInt(whole(programme)), id: bytes(id, 32), ...times };
  return [`${key.programme} ${toHex(id)}`, { ...key, publicKey: bytes(publicKey, publicKey?.length) }];
}

function lotRow([lot, site, species, year, unit, dossier, endorsed, accepted, surveyed, closed, ...minted]) {
  const cap = accepted === null ? whole(endorsed) : whole(accepted);
  if (surveyed !== null) whole(surveyed);
  if (typeof closed !== "boolean") throw new Error("a lot is closed or not");
  bytes(dossier, 32);
  whole(endorsed);
  const facts = { site: code(site), species: code(species), year: whole(year), unit: whole(unit), cap };
  return [big(bytes(lot, 8)), { ...facts, batches: new Batches(...minted) }];
}
