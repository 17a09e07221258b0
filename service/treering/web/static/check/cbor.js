// CBOR (RFC 8949) as we write it: deterministic (4.2), so one value has one writing and anything
// else is an Error. Whole numbers, bytes, texts, arrays, maps, tag 18, false, true and null.

const DEEPEST = 8; // a bundle nests five deep
const MAPS = 4; // members at most: ours have two

// The value of all these bytes: BigInt for what a number cannot hold, a Map for a map, and
// {tag, value} for a tag.
export function decoded(bytes) {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.at !== bytes.length) throw new Error("something follows the CBOR");
  return value;
}

// The head of a byte string, as a signed structure needs it.
export function byteString(bytes) {
  const { length } = bytes;
  const wide = length < 24 ? 0 : length < 256 ? 1 : length < 65536 ? 2 : 4;
  const head = new Uint8Array(1 + wide + length);
  head[0] = 0x40 | (wide ? 23 + Math.log2(wide) + 1 : length);
  for (let i = 0; i < wide; i++) head[1 + i] = length >>> (8 * (wide - 1 - i));
  head.set(bytes, 1 + wide);
  return head;
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }

  value(depth) {
    if (depth > DEEPEST) throw new Error(`it nests deeper than ${DEEPEST} levels`);
    const first = this.take(1)[0];
    const [major, info] = [first >> 5, first & 31];
    if (major === 7) return this.simple(info);
    const argument = this.argument(info);
    switch (major) {
      case 0:
        return argument;
      case 1:
        return typeof argument === "bigint" ? -1n - argument : -1 - argument;
      case 2:
        return this.take(argument);
      case 3:
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.take(argument));
      case 4:
        return this.array(argument, depth);
      case 5:
        return this.map(argument, depth);
    }
    if (argument !== 18) throw new Error(`tag ${argument} is none of ours`);
    return { tag: 18, value: this.value(depth + 1) };
  }

  // The number in a head; written longer than need be, it is refused.
  argument(info) {
    if (info < 24) return info;
    if (info > 27) throw new Error("a length without end is none of ours");
    const wide = 1 << (info - 24);
    const start = this.at;
    this.take(wide);
    if (wide === 8) return this.large(start);
    const value = this.view[`getUint${8 * wide}`](start);
    if (value < (wide === 1 ? 24 : 2 ** (4 * wide))) throw new Error("a number is written too long");
    return value;
  }

  large(start) {
    const value = this.view.getBigUint64(start);
    if (value < 2n ** 32n) throw new Error("a number is written too long");
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  }

  take(length) {
    if (typeof length === "bigint" || this.at + length > this.bytes.length) throw new Error("it is cut off");
    return this.bytes.subarray(this.at, (this.at += length));
  }

  array(length, depth) {
    if (length > this.bytes.length - this.at) throw new Error("it is cut off"); // an element has a byte
    return Array.from({ length }, () => this.value(depth + 1));
  }

  map(length, depth) {
    if (length > MAPS) throw new Error(`a map has at most ${MAPS} members`);
    const found = new Map();
    let before = null;
    for (let i = 0; i < length; i++) {
      const start = this.at;
      const key = this.value(depth + 1);
      const written = this.bytes.subarray(start, this.at);
      if (before && !follows(written, before)) throw new Error("the keys of a map are out of order");
      before = written;
      found.set(key, this.value(depth + 1));
    }
    return found;
  }

  simple(info) {
    if (info === 20 || info === 21) return info === 21;
    if (info === 22) return null;
    throw new Error("a fraction, or a value that is none of ours");
  }
}

// As cbor2 orders keys: the shorter first, then byte by byte.
function follows(key, before) {
  if (key.length !== before.length) return key.length > before.length;
  const place = key.findIndex((byte, i) => byte !== before[i]);
  return place >= 0 && key[place] > before[place];
}
