// What was ever handed out is read in a browser for ever: the files of tests/vectors, byte for byte.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { broughtIn, onBrought } from "../../../service/treering/web/static/check/brought.js";
import { opened } from "../../../service/treering/web/static/check/bundle.js";
import { codeIn, read } from "../../../service/treering/web/static/check/compact.js";
import { facts, keyOf } from "../../../service/treering/web/static/check/credential.js";
import { isBy } from "../../../service/treering/web/static/check/cose.js";
import { parsed } from "../../../service/treering/web/static/check/json.js";

const bytes = (name) => new Uint8Array(readFileSync(new URL(`../../vectors/${name}`, import.meta.url)));
const text = (name) => new TextDecoder().decode(bytes(name)).trim();
const claimed = facts(parsed(text("certificates/credential_1.json")));
const key = keyOf(claimed);

test("QR codes of both formats are by the programme's key, and say when they were signed", async () => {
  const codes = [codeIn(text("certificates/compact_1.txt")), text("certificates/compact_2.txt")];
  for (const [place, later] of [0, 86_400].entries()) {
    const found = read(codes[place]);
    assert.ok(await isBy(found.message, key));
    assert.equal(found.claimed.number, claimed.number);
    assert.equal(found.claimed.minted, claimed.created);
    assert.equal(found.claimed.signed, claimed.created + later);
  }
});

test("a PDF of the first format is byte for byte as it was signed", async () => {
  const brought = await broughtIn(new Blob([bytes("certificates/certificate_1.pdf")]));
  assert.equal(facts(brought.credential).agrees, true);
  assert.deepEqual((await onBrought(brought)).map((one) => one.code), ["PDF_OK"]);
});

test("a bundle of either format opens, and the second tells what programmes are called", async () => {
  const contract = `0x${"ab".repeat(20)}`;
  for (const [format, called] of [[1, null], [2, "ANT_FOREST"]]) {
    const bundle = await opened(bytes(`bundle_${format}.cbor`), { keys: [key], contract, chainId: 31337 });
    assert.equal(bundle.block.height, 12);
    assert.equal(bundle.lots.size > 0, true);
    assert.equal(bundle.programmeCode(1n), called);
    assert.equal(bundle.programmeCode(9n), null);
  }
});
