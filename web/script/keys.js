// Everything by keyboard: / j k Enter o n p g h ? Esc. The page works without.
(() => {
  "use strict";
  const box = document.querySelector("input[type=search]");
  const help = document.getElementById("keys");
  const links = [...document.querySelectorAll(".hit .headline a")];
  const marks = [...document.querySelectorAll(".article mark")];
  let pending = "";

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  const step = (by) => {
    const at = links.indexOf(document.activeElement);
    const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by;
    if (links[next]) links[next].focus();
  };

  let match = -1;
  const stepMatch = (by) => {
    if (!marks.length) return;
    if (marks[match]) marks[match].classList.remove("here");
    match = (match + by + marks.length) % marks.length;
    marks[match].classList.add("here");
    marks[match].scrollIntoView({ block: "center" });
    const count = document.querySelector("[data-match-count]");
    if (count) count.textContent = `${match + 1} of ${marks.length}`;
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
    n: () => stepMatch(1),
    p: () => stepMatch(match < 0 ? 0 : -1),
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

  const stepper = document.querySelector("[data-matches]");
  if (stepper && marks.length) {
    stepper.hidden = false;
    // To the first match, unless the reader comes back to where they were.
    const [visit] = performance.getEntriesByType("navigation");
    if (!location.hash && visit && visit.type === "navigate") {
      const { top, bottom } = marks[0].getBoundingClientRect();
      if (top < 0 || bottom > innerHeight) marks[0].scrollIntoView({ block: "center" });
    }
    for (const button of stepper.querySelectorAll("button"))
      button.addEventListener("click", () => stepMatch(Number(button.dataset.step)));
  }
})();
