// Copying a citation, with its italics where what it is put into can show them.
(() => {
  "use strict";
  const said = document.querySelector("[data-copied]");
  if (!said || !navigator.clipboard) return;

  const copy = async (from) => {
    const text = from.textContent;
    try {
      const kinds = { "text/plain": text, "text/html": from.innerHTML };
      const parts = Object.entries(kinds).map(([kind, value]) => [
        kind,
        new Blob([value], { type: kind }),
      ]);
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(parts))]);
    } catch {
      await navigator.clipboard.writeText(text);
    }
  };

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const from = document.getElementById(button.dataset.copy);
      try {
        await copy(from);
        said.textContent = "Copied.";
      } catch {
        getSelection().selectAllChildren(from);
        said.textContent = "The browser does not let this page copy; the citation is marked.";
      }
    });
  }
})();
