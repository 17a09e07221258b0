// COSE_Sign1 with Ed25519 (RFC 9052, 4.2 and 4.4), in the one writing of ours: as domain/cose.py.

import { compared, joined, utf8 } from "./bytes.js";
import { byteString, decoded } from "./cbor.js";
import { verified } from "./signature.js";

const [ALGORITHM, KEY_ID, EDDSA] = [1, 4, -8];
const CONTEXT = joined(Uint8Array.of(0x6a), utf8("Signature1"));

// {payload, keyId, signature, signed}; an Error for anything but a message of ours.
export function read(data) {
  const message = decoded(data);
  const parts = message?.tag === 18 && Array.isArray(message.value) ? message.value : [];
  const [head, unprotected, payload, signature] = parts;
  const whole = [head, payload, signature].every((part) => part instanceof Uint8Array);
  const bare = unprotected instanceof Map && unprotected.size === 0;
  if (parts.length !== 4 || !whole || !bare || signature.length !== 64) {
    throw new Error("this is no COSE_Sign1 message of ours");
  }
  const named = decoded(head);
  const ours = named instanceof Map && named.size === 2 && named.get(ALGORITHM) === EDDSA;
  const keyId = ours && named.get(KEY_ID);
  if (!(keyId instanceof Uint8Array)) throw new Error("its header is none of ours");
  const strings = [head, new Uint8Array(), payload].map(byteString);
  const signed = joined(Uint8Array.of(0x84), CONTEXT, ...strings);
  return { payload, keyId, signature, signed };
}

export function isBy(message, key) {
  return verified(message.signature, message.signed, key);
}

// Whether a key's id is, or begins with, what the message says of its signer.
export function names(message, keyId) {
  return compared(keyId.slice(0, message.keyId.length), message.keyId) === 0;
}
