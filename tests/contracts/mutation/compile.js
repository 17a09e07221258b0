// Compiles TreeLedger again and again, so that the compiler is loaded once: `node compile.js FOLDER`
// takes a line {"file", "text"} for each mutant and answers with a line {"bytecode"} or {"error"}.
// `file` is below FOLDER/src; all other sources are as they stand there. No optimizer.
"use strict";

const fs = require("fs");
const path = require("path");
const readline = require("readline");

const folder = path.resolve(process.argv[2]);
const solc = require(path.join(folder, "node_modules/solc"));
const LEDGER = "src/TreeLedger.sol";

function compile({ file, text }) {
  const changed = `src/${file}`;
  const read = (name) => (name === changed ? text : fs.readFileSync(place(name), "utf8"));
  const input = {
    language: "Solidity",
    sources: { [LEDGER]: { content: read(LEDGER) } },
    settings: {
      evmVersion: "osaka",
      optimizer: { enabled: false },
      outputSelection: { [LEDGER]: { TreeLedger: ["evm.bytecode.object"] } },
    },
  };
  const imports = { import: (name) => ({ contents: read(name) }) };
  return answer(JSON.parse(solc.compile(JSON.stringify(input), imports)));
}

function place(name) {
  return path.join(folder, name.startsWith("src/") ? "" : "node_modules", name);
}

function answer(output) {
  const errors = (output.errors || []).filter((one) => one.severity === "error");
  if (errors.length) return { error: errors.map((one) => one.formattedMessage).join("\n") };
  return { bytecode: "0x" + output.contracts[LEDGER].TreeLedger.evm.bytecode.object };
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(JSON.stringify(compile(JSON.parse(line))) + "\n");
});
