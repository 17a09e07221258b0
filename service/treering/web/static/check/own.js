// The holder's own copy: the public credential, untouched, and what opens it to whoever he shows
// it to. Read as domain/own.py does, judged as flow/holding.py does.

import { keccak_256 as keccak } from "../vendor/keccak.js";
import { compared, fromHex, joined, toHex, utf8 } from "./bytes.js";
import { finding } from "./checks.js";
import { facts } from "./credential.js";
import { masked } from "./name.js";
import { isSigned, sha256 } from "./signature.js";

const TEXTS = { id: ["opening", "reference"], name: ["name", "salt"] };
const STATEMENT = ["@context", "madeFor", "nameDigest", "proof", "record", "type"];
const PROOF =
  "@context created cryptosuite proofPurpose proofValue type verificationMethod".split(" ");

export function isOwn(document) {
  return document?.type === "TreeringOwnCopy";
}

// {credential, statement, opened}; an Error for what is no own copy.
export function ownIn(document) {
  const { credential, statement, opened } = document;
  const sound =
    has(document, ["credential", "opened", "statement", "type"]) &&
    isObject(credential) && isObject(opened) && has(statement, STATEMENT) &&
    statement.proof.length === 1 && has(statement.proof[0], PROOF) &&
    [statement, statement.proof[0]].every(isOfTexts) &&
    Object.keys(opened).every((name) => name in TEXTS && has(opened[name], TEXTS[name])) &&
    Object.values(opened).every(isOfTexts);
  if (!sound) throw new Error("it has another shape than a holder's own copy");
  return { credential, statement, opened };
}

// The tenth findings: on the statement, and on each part that was opened. `key` is the one that
// signed the credential; null if its own signature is broken.
export async function onHolder(own, key) {
  const { record } = facts(own.credential);
  const stated = key !== null && (await isStated(own, record, key));
  if (!stated) return [finding("holder", "HOLDER_UNSIGNED")];
  const { id, name } = own.opened;
  const found = [finding("holder", "HOLDER_STATED_OK", own.statement.madeFor)];
  const add = (opens, code, detail) => found.push(finding("holder", opens ? code : "HOLDER_DIFFERS", detail));
  if (id) add(opensId(id, record), "HOLDER_ID_OK", id.reference);
  if (name) add(await opensName(own), "HOLDER_NAME_OK", name.name);
  return found;
}

async function isStated({ credential, statement }, record, key) {
  const [own] = statement.proof;
  const fragment = [credential.proof].flat()[0].verificationMethod.split("#")[1];
  const same = own.verificationMethod.endsWith(`#${fragment}`) && statement.record === toHex(record);
  return same && isSigned(statement, key);
}

function opensId({ opening, reference }, record) {
  const mark = utf8("treering/holder/v1");
  const found = keccak(joined(mark, bytes(opening), keccak(utf8(reference)))).slice(0, 20);
  return compared(found, record.slice(12)) === 0;
}

async function opensName({ credential, statement, opened }) {
  const { salt, name } = opened.name;
  const mask = masked(name);
  if (mask === null || credential.credentialSubject.holderName !== mask) return false;
  const digest = await sha256(joined(utf8("treering/own/name/v1"), bytes(salt), utf8(name)));
  return statement.nameDigest === toHex(digest);
}

function bytes(text) {
  try {
    const found = fromHex(text);
    return found.length === 32 ? found : new Uint8Array();
  } catch {
    return new Uint8Array();
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function has(value, names) {
  return isObject(value) && Object.keys(value).sort().join() === names.join();
}

// All are texts, but for lists of texts and the statement's proof.
function isOfTexts(part) {
  return Object.entries(part).every(([name, value]) => {
    if (name === "proof") return true;
    const list = name === "@context" || (name === "type" && part.proof);
    return list ? Array.isArray(value) && value.every(isText) : isText(value);
  });
}

function isText(value) {
  return typeof value === "string";
}
