// The page /check: asks for a number, a file or a code, and for a node or a bundle; checks all of it
// here, and says whether our server claims the same.

import { begin as beginPanel, carried } from "./bundle-panel.js";
import { broughtIn, onBrought } from "./check/brought.js";
import { checked } from "./check/checks.js";
import { codeIn } from "./check/compact.js";
import { Ledger } from "./check/ledger.js";
import { parse } from "./check/number.js";
import { scanned } from "./check/scanned.js";
import { show, word } from "./check-report.js";
import { Scanner } from "./scanner.js";

const NODE = "treering.node";
const CONTRACT = "treering.contract"; // as it was named at the first visit
const SIGNERS = "treering.signers"; // likewise
const at = (id) => document.getElementById(id);
const form = at("own");

class Fault extends Error {}

begin();

async function begin() {
  at("ways").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  addEventListener("hashchange", named);
  named();
  at("node").value = localStorage.getItem(NODE) ?? "";
  new Scanner(({ path, text }) => {
    at("number").value = path ? location.origin + path : text;
    at("file").value = "";
    run();
  });
  const moved = movedFrom();
  at("moved").hidden = moved === "";
  at("moved").querySelector("code").textContent = moved;
  await beginPanel(form.dataset.contract);
  const known = at("node").value || !at("held").hidden;
  if (!moved && at("number").value && known) run();
}

function named() {
  at("number").value = decodeURI(location.hash.slice(1));
}

// The contract, or the keys, of the first visit that the page does not name any more.
function movedFrom() {
  const contract = localStorage.getItem(CONTRACT);
  if (contract && contract !== form.dataset.contract) return contract;
  const before = (localStorage.getItem(SIGNERS) ?? "").split(" ").filter(Boolean);
  return before.filter((key) => !form.dataset.signers.split(" ").includes(key)).join(" ");
}

async function run() {
  at("fault").hidden = at("outcome").hidden = true;
  form.querySelector("button").disabled = true;
  try {
    const subject = await brought();
    const network = known();
    const { world, silence } = await answering(network.contract, subject);
    show(await judged(subject, world, network), subject.theirs, world, silence);
    remember();
  } catch (error) {
    if (!(error instanceof Fault)) console.warn(error);
    at("fault").textContent = error instanceof Fault ? error.message : word("fault", "server");
    at("fault").hidden = false;
  }
  form.querySelector("button").disabled = false;
}

// What is to be checked: a file, of which our server hears nothing, a code, or what it hands out.
async function brought() {
  const file = at("file").files[0];
  if (file) {
    const found = await broughtIn(file).catch((error) => console.warn(error));
    if (!found) throw new Fault(word("fault", "file"));
    return { asked: null, theirs: null, ...found };
  }
  const code = codeIn(at("number").value);
  if (code) return { code, theirs: null };
  const number = parse(at("number").value)?.number;
  if (!number) throw new Fault(word("fault", "empty"));
  return handedOut(number);
}

async function handedOut(number) {
  const here = `/v1/certificates/${number}`;
  const [document, opinion] = await Promise.all([here, `${here}/verification`].map(answer));
  if (!document) throw new Fault(word("fault", "offline"));
  if (document.status === 404) throw new Fault(word("fault", "nothing"));
  if (document.status === 409) throw new Fault(word("fault", "waits"));
  if (!document.ok) throw new Fault(word("fault", "server"));
  const found = await broughtIn(await document.blob());
  const unasked = opinion ? "CANNOT_CHECK_NOW" : null; // without a network nobody said anything
  return { asked: number, theirs: opinion?.ok ? (await opinion.json()).state : unasked, ...found };
}

function answer(path) {
  return fetch(path).catch(() => null);
}

// The contract that the visitor knows; the page's own chain goes with the page's own contract.
function known() {
  const contract = at("contract").value.toLowerCase();
  const own = contract === form.dataset.contract.toLowerCase();
  return { contract, chainId: own ? Number(form.dataset.chain) : null };
}

// What answers for the chain: the node at its newest final block, else the bundle, else nothing; and
// why the node did not.
async function answering(contract, { credential, code }) {
  let silence = "";
  if (at("node").value.trim() && !code) {
    try {
      return { world: await pinned(contract, credential), silence };
    } catch (error) {
      silence = error instanceof Fault ? error.message : `${word("fault", "silent")} ${error.message}`;
    }
  }
  try {
    const world = await carried(contract);
    if (code && !world) throw new Fault(word("fault", "code"));
    return { world, silence: silence && world ? "" : silence };
  } catch (error) {
    throw error.code ? new Fault(`${word("fault", "bundle")} ${error.code} ${error.message}`) : error;
  }
}

async function pinned(contract, credential) {
  const ledger = new Ledger(at("node").value.trim(), contract);
  await ledger.pin();
  const wanted = credential.evidence?.[0]?.chainId;
  if (ledger.chainId === wanted) return ledger;
  throw new Fault(`${word("fault", "chain")} ${ledger.chainId} ≠ ${wanted}`);
}

// Findings, with what the document or the code says of itself.
async function judged({ code, asked, ...subject }, world, network) {
  if (code) return scanned(code, world);
  const findings = await checked(subject.credential, { ledger: world, network, asked });
  const more = await onBrought(subject);
  return { findings: [...findings, ...more], claimed: subject.credential.credentialSubject };
}

function remember() {
  localStorage.setItem(NODE, at("node").value.trim());
  if (!localStorage.getItem(CONTRACT)) localStorage.setItem(CONTRACT, form.dataset.contract);
  if (!localStorage.getItem(SIGNERS)) localStorage.setItem(SIGNERS, form.dataset.signers);
}
