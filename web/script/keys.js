// Everything by keyboard: / j k Enter o n p g h ? Esc. The page works without.
(() => {
  "use strict";
  const box = document.querySelector("input[type=search]");
  const help = document.getElementById("keys");
  const links = [...document.querySelectorAll(".hit .headline a")];
  let pending = "";

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  const step = (by) => {
    const at = links.indexOf(document.activeElement);
    const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by;
    if (links[next]) links[next].focus();
  };

  // What the page's own control does, whatever it is.
  const press = (control) => {
    const found = document.querySelector(control);
    if (found) found.click();
  };

  const keys = {
    "/": () => {
      box.focus();
      box.select();
    },
    j: () => step(1),
    k: () => step(-1),
    o: () => {
      if (links.includes(document.activeElement)) document.activeElement.click();
    },
    n: () => press("[data-step='1']"),
    p: () => press("[data-step='-1']"),
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target === box) {
      // A search field would clear itself.
      event.preventDefault();
      box.blur();
      return;
    }
    if (typing(event.target) || help.open) return;
    if (pending === "g" && event.key === "h") {
      pending = "";
      document.querySelector(".name").click();
      return;
    }
    pending = event.key === "g" ? "g" : "";
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });
})();
