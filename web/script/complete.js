// Type-ahead for the search box: an ARIA combobox with a list. The box works without.
(() => {
  "use strict";
  const box = document.querySelector("input[type=search]");
  if (!box) return;
  const list = document.createElement("ul");
  let options = [];
  let at = -1;
  let typed = "";
  let asked = 0;
  let waiting;
  let asking;

  list.id = "completions";
  list.className = "completions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  box.after(list);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  const close = () => {
    asked += 1;
    clearTimeout(waiting);
    if (asking) asking.abort();
    list.hidden = true;
    at = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };

  const mark = (next) => {
    if (options[at]) list.children[at].setAttribute("aria-selected", "false");
    at = next;
    const option = list.children[at];
    if (!option) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", option.id);
  };

  const choose = (option) => {
    close();
    if (option.url) {
      location.assign(option.url);
      return;
    }
    box.value = option.query;
    box.form.requestSubmit();
  };

  const show = (found) => {
    options = found;
    at = -1;
    list.replaceChildren(
      ...found.map((option, i) => {
        const item = document.createElement("li");
        item.id = `completion-${i}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        const text = document.createElement("bdi");
        text.textContent = option.text;
        const kind = document.createElement("span");
        const count = option.kind === "headline" ? "" : ` · ${option.articles.toLocaleString("en")}`;
        kind.textContent = option.kind + count;
        item.append(text, " ", kind);
        item.addEventListener("mousedown", (event) => event.preventDefault());
        item.addEventListener("click", () => choose(option));
        return item;
      }),
    );
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(Boolean(found.length)));
    box.removeAttribute("aria-activedescendant");
  };

  const ask = async (number) => {
    asking = new AbortController();
    try {
      const answer = await fetch(`/complete.json?${new URLSearchParams({ q: typed })}`, {
        signal: asking.signal,
      });
      const found = answer.ok ? (await answer.json()).completions : [];
      if (number === asked) show(found);
    } catch {
      // What was typed since then is asked for, or nothing is: the box does without.
    }
  };

  box.addEventListener("input", () => {
    const open = !list.hidden;
    clearTimeout(waiting);
    if (asking) asking.abort();
    typed = box.value;
    asked += 1;
    // What is that long was pasted, and is completed by nothing.
    if (!typed.trim() || typed.length > 200) {
      if (open) close();
      return;
    }
    const number = asked;
    waiting = setTimeout(() => ask(number), 80);
  });

  box.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const last = options.length - 1;
    if (event.key === "ArrowDown") mark(at < last ? at + 1 : -1);
    else if (event.key === "ArrowUp") mark(at < 0 ? last : at - 1);
    else if (event.key === "Enter" && options[at]) choose(options[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
})();
