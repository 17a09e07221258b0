// Reads cases as JSON, one a line: a bundle and a document or code; writes what is found of each.

import { createInterface } from "node:readline";
import { fromHex } from "../../../service/treering/web/static/check/bytes.js";
import { opened } from "../../../service/treering/web/static/check/bundle.js";
import { checked } from "../../../service/treering/web/static/check/checks.js";
import { codeIn } from "../../../service/treering/web/static/check/compact.js";
import { parsed } from "../../../service/treering/web/static/check/json.js";
import { scanned } from "../../../service/treering/web/static/check/scanned.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { bundle, keys, contract, brought } = JSON.parse(line);
  let found;
  try {
    const world = await opened(fromHex(bundle), { keys: keys.map(fromHex), contract });
    const code = codeIn(brought);
    const network = { contract: world.contract, chainId: world.chainId };
    if (code) found = (await scanned(code, world)).findings;
    else found = await checked(parsed(brought), { ledger: world, network });
    found = found.map((one) => one.code);
  } catch (error) {
    found = error.code ?? String(error);
  }
  console.log(JSON.stringify(found));
}
