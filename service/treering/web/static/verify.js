// What scripts add to /verify: files are dropped anywhere on the page, codes are read by the
// camera or from a picture. Pictures never leave the browser.

import { Reader } from "./check/reader.js";
import { meaning } from "./check/scan.js";

const at = (id) => document.getElementById(id);
const [scanner, video, said] = [at("scanner"), at("video"), at("scanner-said")];
const reader = new Reader();
let camera = null;

scanner.hidden = false;
at("scan").hidden = !navigator.mediaDevices?.getUserMedia;
at("scan").addEventListener("click", () => (camera ? stop() : start()));
at("picture").addEventListener("change", fromPicture);
addEventListener("pagehide", stop);

for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    document.body.classList.toggle("dropping", name === "dragover");
    if (name === "drop") dropped(event.dataTransfer.files);
  });
}

function dropped(files) {
  at("file").files = files;
  at("file").form.requestSubmit();
}

async function start() {
  try {
    camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    return say("denied");
  }
  video.srcObject = camera;
  video.hidden = false;
  at("scan").setAttribute("aria-pressed", "true");
  say("looking");
  await video.play();
  look();
}

function stop() {
  camera?.getTracks().forEach((track) => track.stop());
  camera = null;
  video.hidden = true;
  at("scan").setAttribute("aria-pressed", "false");
}

async function look() {
  if (!camera) return;
  const read = await reader.read(video);
  if (read) follow(read);
  else setTimeout(look, 150);
}

async function fromPicture() {
  const [file] = at("picture").files;
  if (!file) return;
  try {
    const read = await reader.read(await createImageBitmap(file));
    if (read) follow(read);
    else say("none");
  } catch {
    say("none");
  }
  at("picture").value = "";
}

// Only what leads to this very host is followed; anything else is named, never opened.
function follow(read) {
  stop();
  const { path, foreign, text } = meaning(read, location);
  if (foreign) return say("foreign", foreign);
  say("found");
  const language = new URLSearchParams(location.search).get("lang");
  if (path) return location.assign(language ? `${path}?lang=${language}` : path);
  at("number").value = text;
  at("number").form.requestSubmit();
}

function say(name, detail = "") {
  said.textContent = `${scanner.querySelector(`[data-said="${name}"]`).textContent} ${detail}`;
  said.classList.toggle("scanner__bad", ["foreign", "denied", "none"].includes(name));
}
