// Uploads: files dropped on the form join those chosen, and are listed before they are sent.
(() => {
  "use strict";
  const form = document.querySelector("[data-upload]");
  if (!form) return;
  const zone = form.querySelector("[data-drop]");
  const input = form.elements.files;
  const list = form.querySelector("[data-chosen]");
  const words = form.querySelector("[data-chosen-words]");
  const button = form.querySelector("button");
  const largest = Number(form.dataset.largest);
  const together = Number(form.dataset.together);
  let chosen = [];

  form.querySelector("[data-drop-words]").hidden = false;

  const size = (bytes) => {
    if (bytes < 1024) return `${bytes} bytes`;
    if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KiB`;
    return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  };

  const element = (name, text, kind) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };

  const show = () => {
    list.replaceChildren(
      ...chosen.map((file) => {
        const row = document.createElement("li");
        const over = file.size > largest ? ", too large" : "";
        row.append(element("bdi", file.name), element("span", size(file.size) + over, "size"));
        return row;
      }),
    );
    list.hidden = !chosen.length;
    const all = chosen.reduce((sum, file) => sum + file.size, 0);
    const over = chosen.filter((file) => file.size > largest).length;
    const many = chosen.length === 1 ? "1 file" : `${chosen.length} files`;
    let said = chosen.length ? `${many}, ${size(all)}.` : "";
    if (over) said += ` ${over === 1 ? "One is" : `${over} are`} larger than ${size(largest)}.`;
    else if (all > together) said += ` Together that is more than ${size(together)}.`;
    words.textContent = said;
    button.disabled = over > 0 || all > together;
  };

  // What is in the field is what is sent, with or without this script.
  const take = (files) => {
    const held = new DataTransfer();
    chosen = [...chosen, ...files];
    chosen.forEach((file) => held.items.add(file));
    input.files = held.files;
    show();
  };

  input.addEventListener("change", () => {
    chosen = [...input.files];
    show();
  });

  const carriesFiles = (event) => event.dataTransfer && event.dataTransfer.types.includes("Files");

  // Anywhere on the page, for the browser would open what is let go beside the field.
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    zone.classList.add("here");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) zone.classList.remove("here");
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    zone.classList.remove("here");
    take(event.dataTransfer.files);
  });

  form.addEventListener("submit", () => {
    words.textContent = "Uploading …";
    button.disabled = true;
  });
  // A page that comes back from the browser's memory can be sent again.
  window.addEventListener("pageshow", () => {
    chosen = [...input.files];
    show();
  });
})();
