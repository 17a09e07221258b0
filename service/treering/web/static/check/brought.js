// What a visitor brings as a file: a credential in JSON, a PDF or a picture with one in it.

import { isBadge, textIn } from "./badge.js";
import { facts, keyOf } from "./credential.js";
import { finding } from "./checks.js";
import { parsed } from "./json.js";
import { isOwn, onHolder, ownIn } from "./own.js";
import { credentialIn, isPdf, judged } from "./pdf.js";
import { holds } from "./signature.js";

const LARGEST = 1_000_000; // bytes: a PDF of ours has a tenth, a credential a hundredth

// {credential, pdf, own}: `pdf` are its bytes, where it is one, `own` is a holder's own copy, where it
// is one. An Error for anything else.
export async function broughtIn(file) {
  if (file.size > LARGEST) throw new Error(`it has more than ${LARGEST} bytes`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (isBadge(bytes)) return { credential: parsed(await textIn(bytes)) };
  if (!isPdf(bytes)) return inJson(parsed(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  const credential = await credentialIn(bytes);
  if (credential === null) throw new Error("the PDF carries no credential of ours");
  return { credential, pdf: bytes };
}

function inJson(document) {
  if (!isOwn(document)) return { credential: document };
  const own = ownIn(document);
  return { credential: own.credential, own };
}

// What is found beside the credential, on what it came with.
export async function onBrought({ credential, pdf, own }) {
  const onHis = own ? await onHolder(own, await signer(credential)) : [];
  return [...(await onFile(credential, pdf)), ...onHis];
}

// The ninth finding, on the file that carried the credential, if it was a PDF.
async function onFile(credential, pdf) {
  if (!pdf) return [];
  try {
    return [finding("file", await judged(pdf, await signer(credential)))];
  } catch (error) {
    return [finding("file", "PDF_UNCHECKED", error.message)];
  }
}

// The key that signed the credential; null if its own signature is broken.
async function signer(credential) {
  try {
    const key = keyOf(facts(credential));
    return (await holds(credential, key)) ? key : null;
  } catch {
    return null;
  }
}
