// DER (X.690), as much of it as a signature of our PDFs needs. As domain/pdf/der.py.

import { joined } from "./bytes.js";

export const [INTEGER, BITS, OCTETS, OID, SEQUENCE, SET, CONTEXT] = [2, 3, 4, 6, 0x30, 0x31, 0xa0];

// One value: its tag, its length, its contents one after the other.
export function value(tag, ...contents) {
  const content = joined(...contents);
  const { length } = content;
  if (length < 0x80) return joined(Uint8Array.of(tag, length), content);
  const size = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
  const digits = Array.from({ length: size }, (_, i) => (length >> (8 * (size - 1 - i))) & 255);
  return joined(Uint8Array.of(tag, 0x80 | size, ...digits), content);
}

export function sequence(...contents) {
  return value(SEQUENCE, ...contents);
}

// An OBJECT IDENTIFIER, such as 1.2.840.10045.2.1.
export function name(arcs) {
  const [first, second, ...rest] = arcs.split(".").map(Number);
  return value(OID, Uint8Array.of(40 * first + second, ...rest.flatMap(septets)));
}

// The values in a value's content, each with its tag and length.
export function parts(content) {
  const found = [];
  for (let rest = content; rest.length; rest = rest.subarray(found.at(-1).length)) found.push(first(rest));
  return found;
}

// What is in a value, without its tag and length.
export function content(whole) {
  return whole.subarray(...span(whole));
}

// The value at the start of these bytes.
export function first(padded) {
  return padded.subarray(0, span(padded)[1]);
}

function span(held) {
  const size = held[1] & 0x80 ? held[1] & 0x7f : 0;
  const start = 2 + size;
  const length = size ? held.subarray(2, start).reduce((sum, byte) => sum * 256 + byte, 0) : held[1];
  const outside = held.length < 2 || held[1] === 0x80 || size > 3 || start + length > held.length;
  if (outside) throw new Error("a value is longer than what holds it");
  return [start, start + length];
}

function septets(arc) {
  const found = [arc & 0x7f];
  for (let rest = arc >> 7; rest; rest >>= 7) found.unshift((rest & 0x7f) | 0x80);
  return found;
}
