// Bytes and their writings.

export function fromHex(text) {
  const digits = text.startsWith("0x") ? text.slice(2) : text;
  if (!/^([0-9a-f]{2})*$/.test(digits)) throw new Error("not bytes in lower-case hexadecimal");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function toHex(bytes) {
  return "0x" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// Negative, zero or positive, as the first byte that differs says; of equal length.
export function compared(a, b) {
  const place = a.findIndex((byte, i) => byte !== b[i]);
  return place < 0 ? 0 : a[place] - b[place];
}

export function utf8(text) {
  return new TextEncoder().encode(text);
}

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

// Multibase with base58btc: z and then the digits; at most 200 of them.
export function fromMultibase(text) {
  if (typeof text !== "string" || text[0] !== "z" || text.length > 200) {
    throw new Error("not a base58btc multibase");
  }
  const bytes = [];
  for (const character of text.slice(1)) {
    let carry = BASE58.indexOf(character);
    if (carry < 0) throw new Error("not a base58 digit");
    for (let i = 0; i < bytes.length; i++) {
      carry += bytes[i] * 58;
      bytes[i] = carry & 255;
      carry >>= 8;
    }
    for (; carry; carry >>= 8) bytes.push(carry & 255);
  }
  const zeros = text.slice(1).match(/^1*/)[0].length;
  return Uint8Array.from([...new Array(zeros).fill(0), ...bytes.reverse()]);
}
