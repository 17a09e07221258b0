// Reads cases as JSON, one a line; writes what is found of each own copy, or how a name is masked.

import { createInterface } from "node:readline";
import { facts, keyOf } from "../../../service/treering/web/static/check/credential.js";
import { parsed } from "../../../service/treering/web/static/check/json.js";
import { masked } from "../../../service/treering/web/static/check/name.js";
import { onHolder, ownIn } from "../../../service/treering/web/static/check/own.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { names, copy } = JSON.parse(line);
  let found;
  try {
    if (names) found = names.map(masked);
    else {
      const own = ownIn(parsed(copy));
      found = (await onHolder(own, keyOf(facts(own.credential)))).map((one) => one.code);
    }
  } catch {
    found = "refused";
  }
  console.log(JSON.stringify(found));
}
