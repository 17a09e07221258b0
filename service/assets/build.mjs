// Makes what the service ships of npm's packages: `node build.mjs FOLDER` writes into
// FOLDER/web/static/vendor and FOLDER/render/atlas, which is service/treering by default. The
// results are committed; tests/web/test_assets.py makes them again and compares.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { land } from "./land.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, "../treering");

const BUNDLES = {
  keccak: 'export { keccak_256 } from "@noble/hashes/sha3.js";',
  ed25519:
    'export { ed25519 } from "@noble/curves/ed25519.js"; export { sha256 } from "@noble/hashes/sha2.js";',
  jsqr: 'export { default as read } from "jsqr";',
};

function licence(name) {
  const about = JSON.parse(readFileSync(join(here, "node_modules", name, "package.json")));
  return `/*! ${about.name} ${about.version}, ${about.license} */`;
}

const FROM = { keccak: "@noble/hashes", ed25519: "@noble/curves", jsqr: "jsqr" };
const vendor = join(target, "web/static/vendor");
mkdirSync(vendor, { recursive: true });
for (const [name, contents] of Object.entries(BUNDLES)) {
  await build({
    stdin: { contents, resolveDir: here },
    outfile: join(vendor, `${name}.js`),
    banner: { js: licence(FROM[name]) },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "none",
  });
}

const atlas = join(target, "render/atlas");
mkdirSync(atlas, { recursive: true });
writeFileSync(join(atlas, "land.json"), land(join(here, "node_modules/world-atlas/land-50m.json")));
