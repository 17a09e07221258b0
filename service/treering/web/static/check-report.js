// What /check found, put before the visitor: the state, the findings, and how our server differs.

import { about } from "./bundle-panel.js";
import { contradicts, state, verdict } from "./check/verdict.js";

const at = (id) => document.getElementById(id);

export function show({ findings, claimed }, theirs, world, silence) {
  const reached = outcome(findings);
  at("state").replaceChildren(copyOf(`state-${reached}`));
  at("findings").replaceChildren(...findings.map(line));
  tell("said", claimed, said(claimed ?? {}));
  const against = theirs !== null && contradicts(theirs, findings);
  tell("contradicts", against, theirs && `${theirs} ≠ ${reached}`);
  tell("agrees", theirs === reached, theirs);
  at("nodeless").hidden = world !== null || silence !== "";
  tell("aged", world?.isSnapshot, world?.isSnapshot && about(world));
  const live = world && !world.isSnapshot;
  tell("pinned", live, live && `${world.block.height} · ${world.block.hash} · ${world.node}`);
  at("fault").textContent = silence;
  at("fault").hidden = silence === "";
  at("outcome").hidden = false;
  at("outcome").focus();
}

// What the document or the code says of itself: both name these alike, or nearly.
function said({ number, holderName, holder, species, lot, plantingYear, year }) {
  return [number, holderName ?? holder, species, lot, plantingYear ?? year].join(" · ");
}

// An exchange is for the mirror to tell; all else being sound, the record is final.
function outcome(findings) {
  const rest = findings.filter((one) => one.check !== "registry");
  return state(state(findings) === "CANNOT_CHECK_NOW" ? rest : findings);
}

const ORDER = "number signature document proof root record lot registry file holder".split(" ");
const HERE = { EXCHANGE_UNCHECKED: "EXCHANGE_HERE", PDF_UNCHECKED: "FILE_HERE" };

function line({ check, code, detail }) {
  const item = copyOf(`finding-${verdict(code)}`).firstElementChild;
  const [says, evidence] = item.querySelectorAll("p");
  item.querySelector(".check__number").textContent = String(ORDER.indexOf(check) + 1);
  item.querySelector("h3 > span").textContent = word("check", check);
  says.textContent = word("code", detail && code in HERE ? HERE[code] : code);
  evidence.textContent = [code, detail].filter(Boolean).join(" · ");
  return item;
}

function tell(id, shown, text) {
  at(id).hidden = !shown;
  ([...at(id).querySelectorAll("span")].at(-1) ?? at(id)).textContent = text || "";
}

function copyOf(id) {
  return at(id).content.cloneNode(true);
}

export function word(kind, name) {
  return at("words").querySelector(`[data-${kind}="${name}"]`).textContent;
}
