// The rows of a bundle and what stands in them: an Error for what has another form.

import { toHex } from "./bytes.js";

export function trees(together) {
  if (!(together instanceof Uint8Array) || together.length % 12) throw new Error("a tree id has 12 bytes");
  const found = new Set();
  for (let at = 0; at < together.length; at += 12) found.add(big(together.subarray(at, at + 12)));
  return found;
}

export function rows(value, width) {
  const fit = Array.isArray(value) && value.every((row) => Array.isArray(row) && row.length === width);
  if (!fit) throw new Error(`rows of ${width} were expected`);
  return value;
}

export function bytes(value, length) {
  if (value instanceof Uint8Array && value.length === length) return value;
  throw new Error(`${length} bytes were expected`);
}

export function whole(value) {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error("not a whole number");
  return value;
}

// Unix seconds; what is as good as never may be larger than any number.
export function second(value) {
  return typeof value === "bigint" && value > 0n ? Number.MAX_SAFE_INTEGER : whole(value);
}

export function big(part) {
  return BigInt(toHex(part));
}

export function named(name) {
  const fits = name?.length >= 1 && name.length <= 32 && name.every((byte) => byte < 128);
  if (!fits) throw new Error("a code has up to 32 characters of ASCII");
  return code(name);
}

export function code(padded) {
  return String.fromCharCode(...bytes(padded, padded?.length)).replace(/\0+$/, "");
}
