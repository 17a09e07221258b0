// The bundle that a visitor takes along: fetched, held to its signer before it is kept, told of with
// its age, thrown away when he says so. Kept in this browser alone; without a place to keep it,
// for as long as the page is open.

import { opened } from "./check/bundle.js";
import { compared, fromMultibase } from "./check/bytes.js";

const [PLACE, NAME, OPENED] = ["treering-bundle", "/v1/bundle", "treering-opened"];
const FRESH = 3600; // seconds: an older one is fetched anew where there is a network
const at = (id) => document.getElementById(id);
let inHand = null; // bytes

// The 32-byte keys that may have signed it, as the visitor has them in the form.
function signers() {
  return named().map((key) => fromMultibase(key).slice(2));
}

function named() {
  return at("signer").value.split(/[\s,]+/).filter(Boolean);
}

// The bundle on this device, opened; null where there is none. Refused if it is not by these signers,
// or not of this contract.
export async function carried(contract) {
  const data = inHand ?? (await stored());
  return data && opened(data, { keys: signers(), contract });
}

export function begin(contract) {
  at("take").addEventListener("click", () => fetched(contract));
  at("forget").addEventListener("click", forget);
  at("bundle").addEventListener("change", () => fromFile(contract));
  return shown(contract).then((age) => age > FRESH && navigator.onLine && fetched(contract));
}

async function fetched(contract) {
  await busy(async () => {
    const answer = await fetch(NAME);
    if (!answer.ok) return say("unmade");
    await taken(new Uint8Array(await answer.arrayBuffer()), contract);
  });
}

async function fromFile(contract) {
  const [file] = at("bundle").files;
  if (file) await busy(async () => taken(new Uint8Array(await file.arrayBuffer()), contract));
}

// Kept only if it can be believed.
async function taken(data, contract) {
  await opened(data, { keys: signers(), contract });
  inHand = data;
  const place = await globalThis.caches?.open(PLACE);
  await place?.put(NAME, new Response(data));
  await shown(contract);
}

async function forget() {
  inHand = null;
  await Promise.all([PLACE, OPENED].map((name) => globalThis.caches?.delete(name)));
  at("bundle").value = "";
  at("bundle-fault").hidden = true;
  await shown();
}

async function stored() {
  const place = await globalThis.caches?.open(PLACE);
  const found = await place?.match(NAME);
  return found ? new Uint8Array(await found.arrayBuffer()) : null;
}

// Tells what is held; its age in seconds, 0 where there is none.
async function shown(contract) {
  let held = null;
  try {
    held = contract ? await carried(contract) : null;
  } catch (error) {
    say("refused", error.message);
  }
  at("held").hidden = at("forget").hidden = held === null;
  at("none").hidden = held !== null;
  if (held === null) return 0;
  at("held").querySelector("span").textContent = about(held);
  return Date.now() / 1000 - held.block.time;
}

// Block, time, age and signer of a bundle, in words that need no language.
export function about({ block, signer }) {
  const moment = new Date(block.time * 1000).toISOString().slice(0, 16).replace("T", " ");
  const key = named().find((one) => compared(fromMultibase(one).slice(2), signer) === 0);
  return [block.height, `${moment} UTC`, span(Date.now() / 1000 - block.time), key].join(" · ");
}

function span(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  const words = days ? `${days} d ${hours} h` : `${hours} h ${minutes % 60} min`;
  return seconds < 0 ? `-${words}` : words;
}

async function busy(work) {
  at("take").disabled = true;
  at("bundle-fault").hidden = true;
  try {
    await work();
  } catch (error) {
    say(error.code ? "refused" : "unreached", error.code ? `${error.code} ${error.message}` : "");
  }
  at("take").disabled = false;
}

function say(name, detail = "") {
  const words = document.querySelector(`[data-kept="${name}"]`).textContent;
  at("bundle-fault").textContent = `${words} ${detail}`;
  at("bundle-fault").hidden = false;
}
