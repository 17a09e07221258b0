// Canonical JSON of what comes, one document a line, for tests/web/test_check_modules.py.

import { createInterface } from "node:readline";
import { canonical, parsed } from "../../../service/treering/web/static/check/json.js";

for await (const line of createInterface({ input: process.stdin })) {
  console.log(canonical(parsed(line)));
}
