// The compact certificate of a QR code: base32, COSE_Sign1, one CBOR array. As domain/compact.py.

import { keccak_256 as keccak } from "../vendor/keccak.js";
import { fromHex, joined } from "./bytes.js";
import { decoded } from "./cbor.js";
import { read as message } from "./cose.js";
import { written } from "./number.js";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ADDRESS = /^https?:\/\/[^/?#@\\\s]{1,255}\/Q\/([A-Z2-7]{1,560})$/i;
const LATEST = 2 ** 37; // seconds: the year 6325
const WAIT = 2 ** 16; // days between redemption and block
const UNITS = { 1: "TREE", 2: "PLANT", 3: "M2" };

// The code in the text of a QR code, whatever host it names: the signature judges. Else null.
export function codeIn(text) {
  const code = ADDRESS.exec(text.trim())?.[1];
  return code && code === code.toUpperCase() ? code : null;
}

// {claimed, message}; an Error for what is no compact certificate.
export function read(code) {
  const signed = message(fromBase32(code));
  return { claimed: claims(decoded(signed.payload)), message: signed };
}

// Three bytes that tell one contract on one chain from others.
export function networkMark(chainId, contract) {
  const chain = fromHex(BigInt(chainId).toString(16).padStart(64, "0"));
  return keccak(joined(chain, fromHex(contract))).slice(0, 3);
}

function claims(fields) {
  const [format, programme, lot, serial, mac, network, species, unit, year, holder, ...times] = fields;
  const [waited, minted, later = 0] = times;
  const numbers = [format, programme, lot, serial, unit, year, waited, minted, later];
  const sound =
    Array.isArray(fields) && format === (fields.length === 12 ? 1 : 2) && fields.length <= 13 &&
    (format === 1 || later > 0) &&
    numbers.every(Number.isSafeInteger) && [species, holder].every((one) => typeof one === "string") &&
    [programme, lot, serial].every((one) => one >= 0 && one < 2 ** 32) &&
    mac instanceof Uint8Array && mac.length === 5 && mac[0] < 0x80 &&
    network instanceof Uint8Array && network.length === 3 &&
    unit in UNITS && Math.abs(waited) < WAIT && minted >= 0 && minted + later < LATEST;
  if (!sound) throw new Error("this is no compact certificate");
  const lotId = (BigInt(programme) << 32n) | BigInt(lot);
  const tree = (lotId << 32n) | BigInt(serial);
  const number = written(tree, mac.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n));
  const day = Math.floor(minted / 86400) - waited;
  return {
    number, tree, lotId, programme: BigInt(programme), lot: `${programme}-${lot}`, network, species,
    unit: UNITS[unit], year, holder, redeemed: new Date(day * 86400_000).toISOString().slice(0, 10), minted,
    signed: minted + later,
  };
}

function fromBase32(code) {
  const bytes = [];
  let [bits, held] = [0, 0];
  for (const character of code) {
    const value = BASE32.indexOf(character);
    if (value < 0) throw new Error("not base32");
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) bytes.push((held >> (bits -= 8)) & 255);
  }
  if (bits >= 5 || held & ((1 << bits) - 1)) throw new Error("base32 with stray bits");
  return Uint8Array.from(bytes);
}
