// What scripts add to /inspect: a statement is prepared here, shown as it will be signed, and
// signed by the inspector's own wallet: one that announces itself (EIP-6963), or window.ethereum.
// The key never leaves the wallet, which may be a hardware one.

const at = (id) => document.getElementById(id);
const words = (name) => document.querySelector(`#wallet [data-said="${name}"]`).textContent;
const known = new Map();

addEventListener("eip6963:announceProvider", (event) => {
  const { info, provider } = event.detail ?? {};
  if (info?.uuid && provider?.request) offer(info.uuid, String(info.name), provider);
});
dispatchEvent(new Event("eip6963:requestProvider"));
if (!known.size && window.ethereum?.request) offer("injected", "", window.ethereum);
at("wallet").hidden = false;
if (!known.size) say("none");

function offer(id, name, provider) {
  if (known.has(id)) return;
  known.set(id, provider);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = `${words("with")} ${name}`.trim();
  button.addEventListener("click", () => act(button, provider));
  at("wallets").append(button);
}

async function act(button, provider) {
  button.disabled = true;
  try {
    await sign(provider);
  } catch (error) {
    say("refused", error.detail ?? error.message ?? "");
  } finally {
    button.disabled = false;
  }
}

async function sign(provider) {
  const [inspector] = await provider.request({ method: "eth_requestAccounts" });
  say("preparing");
  const found = finding();
  const typed = await posted("/v1/statements:prepare", { ...found, inspector });
  at("typed").hidden = false;
  at("typed").firstElementChild.textContent = JSON.stringify(typed.message, null, 1);
  say("signing");
  const signature = await provider.request({
    method: "eth_signTypedData_v4",
    params: [inspector, JSON.stringify(typed)],
  });
  const signed = { message: typed.message, inspector, signature };
  if (found.sheet) signed.sheet = found.sheet;
  at("signed").value = JSON.stringify(signed, null, 1);
  say("sending");
  await followed((await posted("/v1/statements", signed)).id);
}

function finding() {
  const form = new FormData(at("finding"));
  const sheet = form.get("sheet").trim();
  if (sheet) return { sheet: JSON.parse(sheet) };
  return {
    lot: form.get("lot").trim(),
    stage: form.get("stage"),
    count: Number(form.get("count") || -1),
    inspected_on: form.get("inspected_on"),
    report: form.get("report").trim(),
  };
}

async function followed(id) {
  for (let tries = 0; tries < 60; tries += 1) {
    const found = await answered(await fetch(`/v1/statements/${id}`));
    say(found.state, found.why ?? id);
    if (found.state !== "received") return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function posted(path, body) {
  const headers = { "content-type": "application/json", accept: "application/json" };
  return answered(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function answered(response) {
  const found = await response.json();
  if (!response.ok) throw Object.assign(new Error(found.title), { detail: `${found.title} ${found.detail}` });
  return found;
}

function say(name, more = "") {
  at("said").textContent = more ? `${words(name)} ${more}` : words(name);
  at("said").dataset.state = name;
}
