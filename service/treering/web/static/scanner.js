// Reads QR codes by the camera or from a picture, on any page that has the parts of the scanner.
// Pictures never leave the browser.

import { Reader } from "./check/reader.js";
import { meaning } from "./check/scan.js";

const at = (id) => document.getElementById(id);

// `found` is given {path} of this very host or {text}; what leads elsewhere is named, never opened.
export class Scanner {
  constructor(found) {
    this.found = found;
    this.reader = new Reader();
    this.camera = null;
    at("scanner").hidden = false;
    at("scan").hidden = !navigator.mediaDevices?.getUserMedia;
    at("scan").addEventListener("click", () => (this.camera ? this.stop() : this.start()));
    at("picture").addEventListener("change", () => this.fromPicture());
    addEventListener("pagehide", () => this.stop());
  }

  async start() {
    try {
      this.camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      return this.say("denied");
    }
    at("video").srcObject = this.camera;
    at("video").hidden = false;
    at("scan").setAttribute("aria-pressed", "true");
    this.say("looking");
    await at("video").play();
    this.look();
  }

  stop() {
    this.camera?.getTracks().forEach((track) => track.stop());
    this.camera = null;
    at("video").hidden = true;
    at("scan").setAttribute("aria-pressed", "false");
  }

  async look() {
    if (!this.camera) return;
    const read = await this.reader.read(at("video"));
    if (read) this.follow(read);
    else setTimeout(() => this.look(), 150);
  }

  async fromPicture() {
    const [file] = at("picture").files;
    if (!file) return;
    try {
      const read = await this.reader.read(await createImageBitmap(file));
      if (read) this.follow(read);
      else this.say("none");
    } catch {
      this.say("none");
    }
    at("picture").value = "";
  }

  follow(read) {
    this.stop();
    const { path, foreign, text } = meaning(read, location);
    if (foreign) return this.say("foreign", foreign);
    this.say("found");
    this.found({ path, text });
  }

  say(name, detail = "") {
    const words = at("scanner").querySelector(`[data-said="${name}"]`).textContent;
    at("scanner-said").textContent = `${words} ${detail}`;
    at("scanner-said").classList.toggle("scanner__bad", ["foreign", "denied", "none"].includes(name));
  }
}
