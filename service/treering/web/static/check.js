// The page /check: asks for a number or a file and for a node, checks all of it here, and says
// whether our server claims the same.

import { checked } from "./check/checks.js";
import { parsed } from "./check/json.js";
import { Ledger } from "./check/ledger.js";
import { parse } from "./check/number.js";
import { contradicts, state, verdict } from "./check/verdict.js";

const NODE = "treering.node";
const CONTRACT = "treering.contract"; // as it was named at the first visit
const LARGEST = 1_000_000; // bytes: ours have five thousand
const at = (id) => document.getElementById(id);
const form = at("own");

class Fault extends Error {}

begin();

function begin() {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  addEventListener("hashchange", named);
  named();
  at("node").value = localStorage.getItem(NODE) ?? "";
  const before = localStorage.getItem(CONTRACT);
  if (before && before !== form.dataset.contract) {
    at("moved").hidden = false;
    at("moved").querySelector("code").textContent = before;
  } else if (at("number").value && at("node").value) run();
}

function named() {
  at("number").value = location.hash.slice(1).replace(/%20/g, " ");
}

async function run() {
  at("fault").hidden = at("outcome").hidden = true;
  form.querySelector("button").disabled = true;
  try {
    const { credential, asked, theirs } = await subject();
    const network = known();
    const [ledger, silence] = await pinned(network.contract, credential);
    const findings = await checked(credential, { ledger, network, asked });
    show(findings, theirs, ledger, silence);
    remember();
  } catch (error) {
    if (!(error instanceof Fault)) console.warn(error);
    at("fault").textContent = error instanceof Fault ? error.message : word("fault", "server");
    at("fault").hidden = false;
  }
  form.querySelector("button").disabled = false;
}

// The document to check: a file, of which our server hears nothing, or what it hands out.
async function subject() {
  const file = at("file").files[0];
  if (file) {
    try {
      if (file.size > LARGEST) throw new Error("no credential is as large");
      return { credential: parsed(await file.text()), asked: null, theirs: null };
    } catch {
      throw new Fault(word("fault", "file"));
    }
  }
  const number = parse(at("number").value)?.number;
  if (!number) throw new Fault(word("fault", "empty"));
  const here = `/v1/certificates/${number}`;
  const answers = await Promise.all([fetch(here), fetch(`${here}/verification`)]);
  if (answers[0].status === 404) throw new Fault(word("fault", "nothing"));
  if (answers[0].status === 409) throw new Fault(word("fault", "waits"));
  if (!answers[0].ok) throw new Fault(word("fault", "server"));
  const theirs = answers[1].ok ? (await answers[1].json()).state : "CANNOT_CHECK_NOW";
  return { credential: parsed(await answers[0].text()), asked: number, theirs };
}

// The contract that the visitor knows; the page's own chain goes with the page's own contract.
function known() {
  const contract = at("contract").value.toLowerCase();
  const own = contract === form.dataset.contract.toLowerCase();
  return { contract, chainId: own ? Number(form.dataset.chain) : null };
}

// A ledger at its newest final block, or null and why not.
async function pinned(contract, credential) {
  const node = at("node").value.trim();
  if (!node) return [null, ""];
  const ledger = new Ledger(node, contract);
  try {
    await ledger.pin();
    const wanted = credential.evidence?.[0]?.chainId;
    if (ledger.chainId === wanted) return [ledger, ""];
    return [null, `${word("fault", "chain")} ${ledger.chainId} ≠ ${wanted}`];
  } catch (error) {
    return [null, error.message];
  }
}

function remember() {
  localStorage.setItem(NODE, at("node").value.trim());
  if (!localStorage.getItem(CONTRACT)) localStorage.setItem(CONTRACT, form.dataset.contract);
}

function show(findings, theirs, ledger, silence) {
  const reached = outcome(findings);
  at("state").replaceChildren(copy(`state-${reached}`));
  at("findings").replaceChildren(...findings.map(line));
  const against = theirs !== null && contradicts(theirs, findings);
  tell("contradicts", against, theirs && `${theirs} ≠ ${reached}`);
  tell("agrees", theirs === reached, theirs);
  const block = ledger && `${ledger.block.height} · ${ledger.block.hash} · ${ledger.node}`;
  at("nodeless").hidden = ledger !== null || silence !== "";
  tell("pinned", ledger !== null, block);
  if (silence) {
    at("fault").textContent = `${word("fault", "silent")} ${silence}`;
    at("fault").hidden = false;
  }
  at("outcome").hidden = false;
  at("outcome").focus();
}

// An exchange is for the mirror to tell; all else being sound, the record is final.
function outcome(findings) {
  const rest = findings.filter((one) => one.check !== "registry");
  return state(state(findings) === "CANNOT_CHECK_NOW" ? rest : findings);
}

const ORDER = "number signature document proof root record lot registry".split(" ");

function line({ check, code, detail }) {
  const item = copy(`finding-${verdict(code)}`).firstElementChild;
  const [says, evidence] = item.querySelectorAll("p");
  const exchanged = code === "EXCHANGE_UNCHECKED" && detail;
  item.querySelector(".check__number").textContent = String(ORDER.indexOf(check) + 1);
  item.querySelector("h3 > span").textContent = word("check", check);
  says.textContent = word("code", exchanged ? "EXCHANGE_HERE" : code);
  evidence.textContent = [code, detail].filter(Boolean).join(" · ");
  return item;
}

function tell(id, shown, text) {
  at(id).hidden = !shown;
  [...at(id).querySelectorAll("span")].at(-1).textContent = text ?? "";
}

function copy(id) {
  return at(id).content.cloneNode(true);
}

function word(kind, name) {
  return at("words").querySelector(`[data-${kind}="${name}"]`).textContent;
}
