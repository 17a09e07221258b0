// What scripts add to /verify: files are dropped anywhere on the page, codes are read by the
// camera or from a picture.

import { Scanner } from "./scanner.js";

const at = (id) => document.getElementById(id);

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

new Scanner(({ path, text }) => {
  const language = new URLSearchParams(location.search).get("lang");
  if (path) return location.assign(language ? `${path}?lang=${language}` : path);
  at("number").value = text;
  at("number").form.requestSubmit();
});
