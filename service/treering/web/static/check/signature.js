// The credential's signature: eddsa-jcs-2022 (W3C VC-DI-EDDSA 1.0), by the browser's own SHA-256
// and Ed25519 where it has them, else by @noble. What it cannot compute is an Error, never a
// verdict. The second proof of a set signs the same document in another form, for wallets; who
// trusts the first needs it not.

import { fromMultibase, joined, utf8 } from "./bytes.js";
import { canonical } from "./json.js";

export async function holds(document, key) {
  const issuer = [document.proof].flat()[0].verificationMethod.split("#")[0];
  return document.issuer?.id === issuer && isSigned(document, key);
}

// Whether this key signed the document, whoever it says that it is of.
export async function isSigned(document, key) {
  const { proof, ...unsecured } = document;
  const { proofValue, ...options } = [proof].flat()[0];
  const sound =
    options.type === "DataIntegrityProof" &&
    options.cryptosuite === "eddsa-jcs-2022" &&
    options.proofPurpose === "assertionMethod" &&
    canonical(options["@context"] ?? null) === canonical(document["@context"]);
  if (!sound) return false;
  let signature, texts;
  try {
    signature = fromMultibase(proofValue);
    texts = [options, unsecured].map(canonical);
  } catch {
    return false; // no signature of ours, or a document without a canonical form
  }
  const parts = await Promise.all(texts.map((text) => sha256(utf8(text))));
  return verified(signature, joined(...parts), key);
}

export async function sha256(bytes) {
  if (crypto.subtle) return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return (await fallback()).sha256(bytes); // pages by plain HTTP have no crypto.subtle
}

function fallback() {
  return import("../vendor/ed25519.js");
}

// Whether this Ed25519 key signed the message; by the browser's own where it has one.
export async function verified(signature, message, key) {
  if (signature.length !== 64) return false;
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  } catch {
    return (await fallback()).ed25519.verify(signature, message, key);
  }
  return crypto.subtle.verify("Ed25519", imported, signature, message);
}
