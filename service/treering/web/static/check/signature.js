// The credential's signature: eddsa-jcs-2022 (W3C VC-DI-EDDSA 1.0), by the browser's own Ed25519
// where it has one, else by @noble/curves. The second proof of a set signs the same document in
// another form, for wallets; who trusts the first needs it not.

import { fromMultibase, joined, utf8 } from "./bytes.js";
import { canonical } from "./json.js";

export async function holds(document, key) {
  const { proof, ...unsecured } = document;
  const { proofValue, ...options } = [proof].flat()[0];
  const issuer = options.verificationMethod.split("#")[0];
  const sound =
    options.type === "DataIntegrityProof" &&
    options.proofPurpose === "assertionMethod" &&
    canonical(options["@context"] ?? null) === canonical(document["@context"]) &&
    document.issuer?.id === issuer;
  if (!sound) return false;
  const parts = await Promise.all([options, unsecured].map((part) => sha256(canonical(part))));
  return verified(fromMultibase(proofValue), joined(...parts), key);
}

async function sha256(text) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text)));
}

async function verified(signature, message, key) {
  if (signature.length !== 64) return false;
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  } catch {
    const { ed25519 } = await import("../vendor/ed25519.js");
    return ed25519.verify(signature, message, key);
  }
  return crypto.subtle.verify("Ed25519", imported, signature, message);
}
