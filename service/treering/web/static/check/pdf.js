// A PDF that somebody brings: its credential, and whether each of its bytes is as it was signed. As
// domain/pdf has it: the signature covers the whole file but for its own digits, has one writing
// only, and its P-256 key is certified by the issuer's own.

import { compared, fromHex, joined } from "./bytes.js";
import * as der from "./der.js";
import { unpacked } from "./inflate.js";
import { parsed } from "./json.js";
import { verified } from "./signature.js";

const MOST_STREAMS = 200; // ours has some twenty
const [ECDSA, P256] = [{ name: "ECDSA", hash: "SHA-256" }, { name: "ECDSA", namedCurve: "P-256" }];
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const V1 = Uint8Array.of(2, 1, 1);
const DATA = der.name("1.2.840.113549.1.7.1");
const SIGNED_DATA = der.name("1.2.840.113549.1.7.2");
const SHA256 = der.sequence(der.name("2.16.840.1.101.3.4.2.1"));
const ECDSA_SHA256 = der.sequence(der.name("1.2.840.10045.4.3.2"));
const P256_KEY = der.sequence(der.name("1.2.840.10045.2.1"), der.name("1.2.840.10045.3.1.7"));
const ATTRIBUTES = ["1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.16.2.47"];

export function isPdf(bytes) {
  const text = latin(bytes.subarray(0, 1024));
  return text.includes("%PDF-") && !text.trimStart().startsWith("{");
}

// The credential that the file carries, the last of several; null where there is none.
export async function credentialIn(bytes) {
  const text = latin(bytes);
  const streams = [...text.matchAll(/stream\r?\n(?=x)/g)].slice(0, MOST_STREAMS);
  let found = null;
  for (const begun of streams) {
    const start = begun.index + begun[0].length;
    const end = text.indexOf("endstream", start);
    const content = end < 0 ? null : await stream(bytes.subarray(start, end));
    if (!content?.trimStart().startsWith("{")) continue;
    try {
      const document = parsed(content);
      found = "credentialSubject" in document ? document : found;
    } catch {
      // no document of ours
    }
  }
  return found;
}

// The code of the finding on the file; `issuer` is the Ed25519 key that signed its credential, or
// null. An Error where this browser cannot compute it.
export async function judged(bytes, issuer) {
  const text = latin(bytes);
  if (!text.includes("/ByteRange")) return "PDF_UNSIGNED";
  if (!crypto.subtle) throw new Error("this browser has no WebCrypto here");
  const envelope = await intact(bytes, text);
  if (envelope === null) return "PDF_ALTERED";
  const [body, , signature] = der.parts(der.content(envelope.certificate));
  const ours = issuer !== null && (await verified(der.content(signature).slice(1), body, issuer));
  return ours ? "PDF_OK" : "PDF_OF_ANOTHER_KEY";
}

// The signature over the whole file; null for anything else.
async function intact(bytes, text) {
  const ranges = [...text.matchAll(/\/ByteRange \[0 (\d{1,9}) (\d{1,9}) (\d{1,9})\]/g)];
  const [start, end, rest] = ranges.length === 1 ? ranges[0].slice(1).map(Number) : [];
  const digits = /^<((?:[0-9A-F]{2})+)>$/.exec(text.slice(start, end));
  if (ranges.length !== 1 || end + rest !== bytes.length || !digits) return null;
  const digest = await sha256(joined(bytes.subarray(0, start), bytes.subarray(end)));
  try {
    const padded = fromHex(digits[1].toLowerCase());
    const envelope = read(der.first(padded));
    const again = await written(envelope, digest);
    const same = compared(padded, joined(again, new Uint8Array(padded.length - again.length))) === 0;
    return same && (await isSigned(envelope, digest)) ? envelope : null;
  } catch {
    return null;
  }
}

function read(envelope) {
  const signed = der.parts(der.content(der.content(der.parts(der.content(envelope))[1])));
  const signer = der.parts(der.content(der.content(signed[4])));
  return { certificate: der.content(signed[3]), signature: der.content(signer[5]) };
}

async function written({ certificate, signature }, digest) {
  const [, serial, , issuer] = der.parts(der.content(der.parts(der.content(certificate))[0]));
  const signer = der.sequence(
    V1, der.sequence(issuer, serial), SHA256, der.value(der.CONTEXT, await attributes(certificate, digest)),
    ECDSA_SHA256, der.value(der.OCTETS, signature),
  );
  const signed = der.sequence(
    V1, der.value(der.SET, SHA256), der.sequence(DATA), der.value(der.CONTEXT, certificate),
    der.value(der.SET, signer),
  );
  return der.sequence(SIGNED_DATA, der.value(der.CONTEXT, signed));
}

async function attributes(certificate, digest) {
  const hashed = der.value(der.OCTETS, await sha256(certificate));
  const said = [DATA, der.value(der.OCTETS, digest), der.sequence(der.sequence(der.sequence(hashed)))];
  return joined(...said.map((one, i) => der.sequence(der.name(ATTRIBUTES[i]), der.value(der.SET, one))));
}

// Whether the certificate's own P-256 key signed it, with the smaller of the two equal signatures.
async function isSigned({ certificate, signature }, digest) {
  const body = der.parts(der.content(der.parts(der.content(certificate))[0]));
  const [kind, point] = der.parts(der.content(body[6]));
  const numbers = der.parts(der.content(signature));
  const [r, s] = numbers.map((one) => BigInt("0x" + hex(der.content(one))));
  if (compared(kind, P256_KEY) !== 0 || kind.length !== P256_KEY.length || numbers.length !== 2) return false;
  if (s * 2n > ORDER) return false;
  const key = await crypto.subtle.importKey("raw", der.content(point).slice(1), P256, false, ["verify"]);
  const raw = fromHex([r, s].map((one) => one.toString(16).padStart(64, "0")).join(""));
  return crypto.subtle.verify(ECDSA, key, raw, der.value(der.SET, await attributes(certificate, digest)));
}

// The text of a packed stream. An end of line goes before `endstream`, or none, and the packed bytes
// may themselves end as one does: what fits is the stream.
async function stream(packed) {
  const [before, last] = packed.slice(-2);
  const ends = last === 10 ? [1, ...(before === 13 ? [2] : []), 0] : [0];
  for (const end of ends) {
    const text = await unpacked(packed.subarray(0, packed.length - end));
    if (text !== null) return text;
  }
  return null;
}

async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

// One character a byte, so that places in the text are places in the file.
function latin(bytes) {
  return new TextDecoder("latin1").decode(bytes);
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
