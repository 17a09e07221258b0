// What the pages compute in a browser, held to the vectors that Python and Solidity read too.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { facts, keyOf } from "../../../service/treering/web/static/check/credential.js";
import { fromHex, fromMultibase, toHex } from "../../../service/treering/web/static/check/bytes.js";
import { canonical, parsed } from "../../../service/treering/web/static/check/json.js";
import { checked } from "../../../service/treering/web/static/check/checks.js";
import { contradicts, state } from "../../../service/treering/web/static/check/verdict.js";
import { credentialIn } from "../../../service/treering/web/static/check/pdf.js";
import { holds } from "../../../service/treering/web/static/check/signature.js";
import { parse } from "../../../service/treering/web/static/check/number.js";
import { meaning } from "../../../service/treering/web/static/check/scan.js";
import { rootFrom } from "../../../service/treering/web/static/check/merkle.js";

const vector = (name) => readFileSync(new URL(`../../vectors/${name}`, import.meta.url), "utf8");
const certificates = [1, 2].map((n) => parsed(vector(`certificates/credential_${n}.json`)));

test("every proof of the shared vectors leads to its root", () => {
  let proofs = 0;
  for (const batch of JSON.parse(vector("batches.json"))) {
    for (const { position, proof } of batch.proofs) {
      assert.equal(toHex(rootFrom(fromHex(batch.words[position]), proof.map(fromHex))), batch.root);
      proofs++;
    }
  }
  assert.ok(proofs > 20);
});

test("credentials of every past format are read, and their signatures hold", async () => {
  for (const credential of certificates) {
    const claimed = facts(credential);
    assert.ok(await holds(credential, keyOf(claimed)));
    assert.equal(parse(claimed.number).tree, claimed.tree);
    assert.equal(claimed.agrees, true);
  }
});

test("a browser without Ed25519 of its own comes to the same", async (t) => {
  t.mock.method(crypto.subtle, "importKey", async () => {
    throw new DOMException("unknown algorithm", "NotSupportedError");
  });
  const [, credential] = certificates;
  assert.ok(await holds(credential, keyOf(facts(credential))));
  credential.credentialSubject.holderName += "!";
  assert.equal(await holds(credential, keyOf(facts(credential))), false);
  credential.credentialSubject.holderName = credential.credentialSubject.holderName.slice(0, -1);
});

test("every change of any text or number is seen without a node", async () => {
  const [, whole] = certificates;
  let changes = 0;
  for (const path of leaves(whole)) {
    if (path[0] === "proof") continue;
    const changed = structuredClone(whole);
    const owner = path.slice(0, -1).reduce((part, name) => part[name], changed);
    const value = owner[path.at(-1)];
    owner[path.at(-1)] = typeof value === "number" ? value + 1 : typeof value === "boolean" ? !value : `${value}0`;
    const codes = (await checked(changed, {})).map((one) => one.code);
    assert.ok(["ALTERED"].includes(state(codes.map((code) => ({ code })))), path.join("."));
    changes++;
  }
  assert.ok(changes > 50);
});

test("a document that is whole and unasked about on chain is neither valid nor invalid", async () => {
  for (const credential of certificates) {
    const findings = await checked(credential, {});
    assert.equal(findings.length, 8);
    assert.equal(state(findings), "CANNOT_CHECK_NOW");
  }
});

test("another contract than the one known is another network", async () => {
  const findings = await checked(certificates[1], { network: { contract: `0x${"11".repeat(20)}` } });
  assert.equal(state(findings), "WRONG_NETWORK");
  assert.equal(state(await checked(certificates[1], { network: { chainId: 1 } })), "WRONG_NETWORK");
});

// A node that says of a certificate's record and lot what the certificate says.
function agreeing(claimed, { code = "ANT_FOREST", listed = true, time = claimed.created + 60 } = {}) {
  const key = { publicKey: keyOf(claimed), from: 0, until: 0 };
  const { site, species, year, root, chainId } = claimed;
  const unit = { TREE: 1, PLANT: 2, M2: 3 }[claimed.unit];
  return {
    isSnapshot: false,
    chainId,
    block: { height: claimed.block + 9, time },
    issuerKey: async () => (listed ? key : null),
    rootOf: async () => root,
    status: async () => ({ isMinted: true, revoked: 0, replacedBy: null, replaces: null, claim: null }),
    lotOf: async () => ({ site, species, year, unit, minted: 1, cap: 1 }),
    programmeCode: async () => code,
  };
}

test("a programme that calls itself another is contradicted by the chain", async () => {
  for (const credential of certificates) {
    const claimed = facts(credential);
    const own = claimed.lot.slice(0, claimed.lot.lastIndexOf("-"));
    const said = async (code) => (await checked(credential, { ledger: agreeing(claimed, { code }) }))[6].code;
    assert.equal(await said(own), "LOT_OK");
    assert.equal(await said("GFOREST_2"), "LOT_DIFFERS");
    assert.equal(await said(""), "LOT_DIFFERS");
  }
});

test("a node that is months behind calls no later key a stranger's", async (t) => {
  const [, credential] = certificates;
  const claimed = facts(credential);
  const day = 86400;
  const said = async (time) => {
    const ledger = agreeing(claimed, { listed: false, time });
    return (await checked(credential, { ledger }))[1].code;
  };
  const since = (days) => t.mock.timers.setTime((claimed.created + days * day) * 1000);
  t.mock.timers.enable({ apis: ["Date"] });
  since(30);
  assert.equal(await said(claimed.created - 30 * day), "SIGNATURE_UNCHECKED");
  assert.equal(await said(claimed.created + 1), "KEY_NOT_LISTED");
  since(0.25);
  assert.equal(await said(claimed.created - 0.25 * day), "KEY_NOT_LISTED");
});

test("a node of another chain is no witness, for or against", async () => {
  const findings = await checked(certificates[1], { ledger: { chainId: 1 } });
  assert.equal(state(findings), "CANNOT_CHECK_NOW");
});

test("what this browser cannot compute is no verdict on the certificate", async (t) => {
  t.mock.method(crypto.subtle, "digest", async () => {
    throw new Error("out of order");
  });
  const findings = await checked(certificates[1], {});
  assert.deepEqual([findings[1].code, findings[1].detail], ["SIGNATURE_UNCHECKED", "out of order"]);
});

test("a page by plain HTTP, without crypto.subtle, comes to the same", async (t) => {
  t.mock.getter(crypto, "subtle", () => undefined);
  assert.ok(await holds(certificates[1], keyOf(facts(certificates[1]))));
});

test("the certificate of another number than the one asked for is refused", async () => {
  const findings = await checked(certificates[1], { asked: "TR-0000-0080-000H-A000-0008-JDBK-GQT8" });
  assert.equal(findings[0].code, "NUMBER_OF_ANOTHER_RECORD");
});

test("numbers are read as people write them, and no mistake passes", () => {
  const [{ credentialSubject: { number } }] = certificates;
  const tree = parse(number).tree;
  for (const written of [number.toLowerCase(), number.replaceAll("-", " "), number.slice(3), number.replaceAll("0", "O")]) {
    assert.equal(parse(written)?.tree, tree, written);
  }
  const bare = number.slice(3).replaceAll("-", "");
  for (let i = 0; i < 28; i++) {
    const other = bare[i] === "7" ? "8" : "7";
    assert.equal(parse(bare.slice(0, i) + other + bare.slice(i + 1)), null);
  }
  for (const none of ["", "TR-", number + "0", number.replace("T", "X") + "é"]) assert.equal(parse(none), null);
});

test("what two readers could read differently is refused", () => {
  for (const text of ['{"a":1,"a":2}', '{"a":{"b":[1,{"c":1,"c":1}]}}', '{"a":1,"\\u0061":2}', '"a":1']) {
    assert.throws(() => parsed(text), text);
  }
  assert.throws(() => parsed("[".repeat(30) + "]".repeat(30)));
  assert.deepEqual(parsed('{"a":[],"b":{},"c":["{",",",1,null]}'), { a: [], b: {}, c: ["{", ",", 1, null] });
  for (const value of [1.5, 2 ** 60, "\ud800"]) assert.throws(() => canonical({ value }));
  for (const text of ["", "x1", "z0", "z" + "1".repeat(300)]) assert.throws(() => fromMultibase(text));
});

test("only what cannot both be true is a contradiction", () => {
  const sound = [{ check: "root", code: "ROOT_OK" }, { check: "registry", code: "NOT_EXCHANGED" }];
  const exchanged = [{ check: "root", code: "ROOT_OK" }, { check: "registry", code: "EXCHANGE_UNCHECKED" }];
  const revoked = [{ check: "record", code: "RECORD_REVOKED" }, { check: "registry", code: "NOT_EXCHANGED" }];
  const silent = [{ check: "root", code: "ROOT_UNCHECKED" }, { check: "registry", code: "EXCHANGE_UNCHECKED" }];
  const cases = [
    ["FINAL", sound, false], ["REVOKED", sound, true], ["CANNOT_CHECK_NOW", sound, false],
    ["ALTERED", sound, true], ["ALTERED", exchanged, false], ["FINAL", exchanged, false],
    ["FINAL", revoked, true], ["REVOKED", revoked, false], ["CANNOT_CHECK_NOW", revoked, false],
    ["FINAL", silent, false], ["REVOKED", silent, false],
  ];
  for (const [theirs, findings, expected] of cases) assert.equal(contradicts(theirs, findings), expected);
});

test("a PDF's credential is found however its packed bytes end", async () => {
  const packedFrom = (i) => deflateSync(JSON.stringify({ credentialSubject: { number: `TR-${i}` } }));
  const ending = (byte) => Array.from({ length: 5000 }, (_, i) => i).find((i) => packedFrom(i).at(-1) === byte);
  const pdf = (i, line) => Buffer.concat(["%PDF-1.7\nstream\n", packedFrom(i), `${line}endstream`].map(Buffer.from));
  for (const [i, lines] of [[ending(10), ["\n", "\r\n"]], [ending(13), ["\n", "\r\n", ""]], [0, ["\n", ""]]]) {
    for (const line of lines) {
      const found = await credentialIn(new Uint8Array(pdf(i, line)));
      assert.equal(found?.credentialSubject.number, `TR-${i}`);
    }
  }
});

test("a stream that unpacks to more than any credential has is left alone", async () => {
  const bomb = deflateSync(Buffer.alloc(64 << 20, " "));
  const file = Buffer.concat([Buffer.from("%PDF-1.7\nstream\n"), bomb, Buffer.from("\nendstream")]);
  assert.equal(await credentialIn(new Uint8Array(file)), null);
});

function* leaves(value, path = []) {
  if (value === null || typeof value !== "object") yield path;
  else for (const name of Object.keys(value)) yield* leaves(value[name], [...path, name]);
}

test("only a code that leads to this very host is followed", () => {
  const here = new URL("https://treering.example/verify");
  const ours = ["https://treering.example/c/TR-1", "HTTPS://TREERING.EXAMPLE/Q/2KCE", "https://treering.example:443/c/TR-1"];
  for (const text of ours) assert.ok(meaning(text, here).path, text);
  const foreign = [
    "https://treering.example.evil.test/c/TR-1", "https://treering.example@evil.test/c/TR-1",
    "http://treering.example/c/TR-1", "https://treering.example:8443/c/TR-1", "https://treerıng.example/c/TR-1",
    "https://user@treering.example/c/TR-1", "javascript:alert(1)", "data:text/html,x", "https://", "//evil.test/",
    "https:\\\\evil.test\\c", "https://xn--trering-hya.example/",
  ];
  for (const text of foreign) assert.equal(meaning(text, here).path, undefined, text);
  assert.equal(meaning("https://treering.example@evil.test/c/TR-1", here).foreign, "evil.test");
  assert.deepEqual(meaning(" TR-0000-0080 ", here), { text: "TR-0000-0080" });
});
