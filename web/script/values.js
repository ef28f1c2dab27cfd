// The values of a facet: "more" opens the list in place, and it follows what is typed.
(() => {
  "use strict";
  let asking;

  // Ask for a page, and give the form in it; what was asked before is no longer wanted.
  const formAt = async (url) => {
    if (asking) asking.abort();
    asking = new AbortController();
    const answer = await fetch(url, { signal: asking.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("[data-values-form]");
  };

  const follow = (form) => {
    const box = form.elements.find;
    const finder = form.querySelector("[formaction]");
    let waiting;
    box.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        // What is ticked goes along, and so comes back ticked.
        const url = `${finder.formAction}?${new URLSearchParams(new FormData(form))}`;
        try {
          const fresh = await formAt(url);
          const list = "[data-values-list]";
          form.querySelector(list).replaceChildren(...fresh.querySelector(list).childNodes);
        } catch (error) {
          if (error.name !== "AbortError") location.assign(url);
        }
      }, 120);
    });
    form.addEventListener("submit", (event) => {
      if (event.submitter !== finder) box.disabled = true;
    });
    // Coming back, the page is as it was left.
    addEventListener("pageshow", () => {
      box.disabled = false;
    });
  };

  for (const form of document.querySelectorAll("[data-values-form]")) follow(form);

  for (const link of document.querySelectorAll("a[data-values]"))
    link.addEventListener("click", async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      try {
        const form = await formAt(link.href);
        const facet = link.closest(".facet");
        const box = form.elements.find;
        // Several may be open at once.
        box.id = `find-${facet.querySelector("h2").textContent}`;
        form.querySelector("label").htmlFor = box.id;
        facet.querySelector("ol").remove();
        link.parentElement.replaceWith(form);
        follow(form);
        box.focus();
      } catch (error) {
        if (error.name !== "AbortError") location.assign(link.href);
      }
    });
})();
