// The service worker: keeps the page /check and what it is made of, all of one version, so that it
// opens where there is no network. What comes from the network always goes first. Of certificates
// it keeps the credentials that the visitor has opened himself, and no page at all.
//
// VERSION and SHELL stand before this text: see web/installed.py.

const KEPT = `treering-${VERSION}`;
const OPENED = "treering-opened";
const STAY = [KEPT, OPENED, "treering-bundle"];
const MOST_OPENED = 50;
const PATIENCE = 5000; // milliseconds, where something is kept
const PAGES = ["/check", "/check?lang=en", "/check?lang=zh"];
const CREDENTIAL = /^\/v1\/certificates\/TR(-[0-9A-Z]{4}){7}$/;
const BROUGHT = /^\/(?:c\/([0-9A-Za-z-]{1,60})|Q\/[A-Z2-7]{1,560})$/;

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (SHELL.includes(url.pathname)) event.respondWith(part(request, url.pathname));
  else if (CREDENTIAL.test(url.pathname)) event.respondWith(credential(request, url.pathname));
});

// All of a version or none of it.
async function install() {
  const cache = await caches.open(KEPT);
  await cache.addAll([...PAGES, ...SHELL].map((path) => new Request(path, { cache: "reload" })));
  await skipWaiting();
}

async function activate() {
  const names = (await caches.keys()).filter((name) => name.startsWith("treering-"));
  await Promise.all(names.filter((name) => !STAY.includes(name)).map((name) => caches.delete(name)));
  await clients.claim();
}

// Where the network fails: /check itself, and what a camera or a link would have opened, in it.
async function page(request, url) {
  const own = url.pathname === "/check";
  try {
    const answer = await (own ? soon(fetch(request)) : fetch(request));
    if (!own || answer.status < 500) return answer;
  } catch {
    // no network
  }
  const spoken = url.searchParams.get("lang");
  const check = ["en", "zh"].includes(spoken) ? `/check?lang=${spoken}` : "/check";
  if (own) return kept(check);
  const brought = BROUGHT.exec(url.pathname);
  if (brought) return Response.redirect(`${check}#${brought[1] ?? url.origin + url.pathname}`);
  return ["/", "/verify"].includes(url.pathname) ? Response.redirect(check) : Response.error();
}

async function part(request, path) {
  try {
    return await soon(fetch(request));
  } catch {
    return kept(path);
  }
}

async function credential(request, path) {
  const cache = await caches.open(OPENED);
  let answer;
  try {
    answer = await fetch(request);
  } catch {
    return (await cache.match(path, { ignoreVary: true })) ?? Response.error();
  }
  if (answer.ok) await keep(cache, path, answer.clone());
  else if (answer.status === 404) await cache.delete(path, { ignoreVary: true });
  return answer;
}

// The newest last; the oldest go.
async function keep(cache, path, answer) {
  await cache.delete(path, { ignoreVary: true });
  await cache.put(path, answer);
  const paths = await cache.keys();
  await Promise.all(paths.slice(0, -MOST_OPENED).map((old) => cache.delete(old, { ignoreVary: true })));
}

async function kept(path) {
  const cache = await caches.open(KEPT);
  return (await cache.match(path, { ignoreVary: true })) ?? Response.error();
}

function soon(answer) {
  return Promise.race([answer, new Promise((_, late) => setTimeout(late, PATIENCE))]);
}
