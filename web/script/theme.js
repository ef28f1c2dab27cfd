// The colour scheme that the reader chose, set before anything is painted.
(() => {
  "use strict";
  const KEY = "morgue-theme";
  const NEXT = { system: "light", light: "dark", dark: "system" };
  const WORDS = { system: "Auto", light: "Light", dark: "Dark" };
  const stored = () => {
    try {
      return localStorage.getItem(KEY) || "system";
    } catch {
      return "system";
    }
  };
  const apply = (theme) => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  };
  apply(stored());
  // What only scripts can work is laid out from the start, so that nothing moves later.
  document.documentElement.classList.add("scripted");
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-switch]");
    const name = () => {
      button.textContent = WORDS[stored()] || WORDS.system;
      button.setAttribute("aria-label", `Colours: ${button.textContent}. Switch.`);
    };
    button.addEventListener("click", () => {
      const next = NEXT[stored()] || "system";
      try {
        localStorage.setItem(KEY, next);
      } catch {
        // Without storage the choice lasts for this page.
      }
      apply(next);
      name();
    });
    name();
    button.hidden = false;
  });
})();
