// Stepping through the marks of an article. Each has an address (#m1), so Back leads to the
// results, a step can be sent as a link, and :target shows where the reader is.
(() => {
  "use strict";
  const stepper = document.querySelector("[data-matches]");
  if (!stepper) return;
  const total = Number(stepper.dataset.matches);
  const count = document.querySelector("[data-match-count]");
  const here = () => {
    const found = /^#m(\d+)$/.exec(location.hash);
    return found && Number(found[1]) <= total ? Number(found[1]) : 0;
  };
  const tell = () => {
    if (here()) count.textContent = `${here()} of ${total.toLocaleString("en")}`;
  };

  const step = (by) => {
    const next = here() + by;
    // In place of the address that shows: a step is no page to go back to.
    location.replace(`#m${next < 1 ? total : next > total ? 1 : next}`);
  };
  for (const button of stepper.querySelectorAll("button"))
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  addEventListener("hashchange", tell);
  tell();

  // To the first match, unless the reader comes back to where they were.
  const [visit] = performance.getEntriesByType("navigation");
  const first = document.getElementById("m1");
  if (!location.hash && first && visit && visit.type === "navigate") {
    const { top, bottom } = first.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) first.scrollIntoView({ block: "center" });
  }
})();
