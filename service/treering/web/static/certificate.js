// What a browser can check of a certificate's page by itself, with no node: the credential's
// number, signature, record and proof, and that the page says what was signed.

import { checked } from "./check/checks.js";
import { parsed } from "./check/json.js";
import { verdict } from "./check/verdict.js";

const OWN = new Set(["number", "document", "proof", "signature"]);
const own = document.getElementById("own");
const number = own.dataset.number;

try {
  const answer = await fetch(`/v1/certificates/${number}`, { headers: { Accept: "application/vc+json" } });
  if (answer.status === 409) show("WAITS");
  else if (answer.ok) await judge(await answer.text());
  else show("UNABLE");
} catch (error) {
  console.warn(error);
  show("UNABLE"); // a line that broke, a browser that lacks something: nothing against the page
}

async function judge(text) {
  let credential;
  try {
    credential = parsed(text);
  } catch (error) {
    return show("DIFFERS", error.message);
  }
  const findings = await checked(credential, { asked: number });
  const uncomputed = findings.some((one) => one.code === "SIGNATURE_UNCHECKED" && one.detail);
  if (uncomputed) return show("UNABLE");
  const wrong = findings.filter((one) => OWN.has(one.check) && verdict(one.code) === "INVALID");
  const different = differing(credential.credentialSubject);
  if (wrong.length) show("DIFFERS", wrong.map((one) => one.code).join(", "));
  else if (different.length) show("DIFFERS", different.join("; "));
  else show("HOLDS");
}

// What the page shows in other words than the credential: `data-said` names a part of what was
// signed, "siteName.zh" a part of a part; with `data-within` it need only stand in it.
function differing(subject) {
  return [...document.querySelectorAll("[data-said]")]
    .map((place) => [place, place.textContent.trim(), part(subject, place.dataset.said)])
    .filter(([place, shown, signed]) => !same(shown, signed, "within" in place.dataset))
    .map(([place, shown, signed]) => `${place.dataset.said}: ${shown} ≠ ${signed}`);
}

function part(subject, path) {
  return path.split(".").reduce((owner, name) => owner?.[name], subject);
}

function same(shown, signed, within) {
  if (within) return String(signed).includes(shown);
  return (typeof signed === "number" ? shown.replaceAll(",", "") : shown) === String(signed);
}

function show(outcome, detail = "") {
  document.getElementById("own-detail").textContent = detail;
  own.querySelector(`.own--${outcome}`).hidden = false;
}
