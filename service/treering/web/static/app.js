// Makes the page one that can be installed, and opens where there is no network: hands it to the
// service worker. A policy of this name is the only one that the server allows.

const WORKER = "/worker.js";

function trusted(url) {
  const rules = { createScriptURL: (asked) => (asked === WORKER ? asked : "about:blank") };
  const policy = globalThis.trustedTypes?.createPolicy("treering-worker", rules);
  return policy ? policy.createScriptURL(url) : url;
}

navigator.serviceWorker?.register(trusted(WORKER)).catch((error) => console.warn(error));
