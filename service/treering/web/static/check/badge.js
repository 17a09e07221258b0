// A baked badge (Open Badges 3.0): a picture that carries a credential, walked over and never
// painted. As domain/badge.py has it.

import { unpacked } from "./inflate.js";

const PNG = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10];
const KEYWORD = "openbadgecredential\0";
const SVG = /^\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,500}?-->\s*)?<svg[\s>]/s;
const ELEMENT =
  /<openbadges:credential\s*>\s*(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))\s*<\/openbadges:credential>/gs;
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&" };

export function isBadge(bytes) {
  return isPng(bytes) || SVG.test(new TextDecoder().decode(bytes.subarray(0, 2048)));
}

// The JSON that the picture carries; null where there is none, or more than one.
export async function textIn(bytes) {
  const found = isPng(bytes) ? await ofPng(bytes) : ofSvg(new TextDecoder().decode(bytes));
  return found.length === 1 ? found[0] : null;
}

function isPng(bytes) {
  return PNG.every((byte, i) => bytes[i] === byte);
}

async function ofPng(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = [];
  for (let at = PNG.length; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    const body = bytes.subarray(at + 8, at + 8 + view.getUint32(at));
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const keyword = String.fromCharCode(...body.subarray(0, KEYWORD.length));
    if (kind === "iTXt" && keyword === KEYWORD) found.push(await textOf(body.subarray(KEYWORD.length)));
  }
  return found;
}

// What follows the keyword: packed or not, how, two names that nobody needs, the text.
async function textOf(chunk) {
  const [packed, method] = chunk;
  const first = chunk.indexOf(0, 2);
  const text = chunk.subarray(chunk.indexOf(0, first + 1) + 1);
  if (!packed) return new TextDecoder("utf-8", { fatal: true }).decode(text);
  return method ? null : unpacked(text);
}

function ofSvg(text) {
  const matches = [...text.matchAll(ELEMENT)];
  return matches.map(([, quoted, plain]) => quoted ?? plain.replace(/&\w+;/g, (one) => ENTITIES[one] ?? one));
}
