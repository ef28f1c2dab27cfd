// The timeline: drag over bars to narrow to their span; arrow keys step from bar to bar, with
// Shift they take a span, Enter follows, Esc gives up. Without it every bar is a plain link.
(() => {
  "use strict";
  const drawing = document.querySelector(".timeline svg");
  if (!drawing) return;
  const spans = drawing.dataset.spans.split(" ").map((span) => span.split("/"));
  const counts = drawing.dataset.counts.split(" ").map(Number);
  const bars = [...drawing.querySelectorAll("a")];
  // Which of the spans each link stands for: those that have articles, in their order.
  const places = [...counts.keys()].filter((i) => counts[i]);
  const reading = document.querySelector("[data-reading]");
  const told = reading ? reading.textContent : "";
  const brush = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  brush.setAttribute("class", "brush");
  brush.setAttribute("height", "58");

  const WORDS = {
    7: { month: "long", year: "numeric", timeZone: "UTC" },
    10: { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" },
  };
  const words = (period) =>
    WORDS[period.length]
      ? new Intl.DateTimeFormat("en-GB", WORDS[period.length]).format(new Date(`${period}T00:00Z`.replace(/^(\d+-\d+)T/, "$1-01T")))
      : period;

  const ends = (a, b) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    return { low, high, first: spans[low][0], last: spans[high].at(-1) };
  };
  const say = (a, b) => {
    if (!reading) return;
    const { low, high, first, last } = ends(a, b);
    const count = counts.slice(low, high + 1).reduce((sum, n) => sum + n, 0);
    const when = first === last ? words(first) : `${words(first)} to ${words(last)}`;
    reading.textContent = `${when}: ${count.toLocaleString("en")}`;
  };
  const show = (a, b) => {
    const { low, high } = ends(a, b);
    brush.setAttribute("x", `${(100 * low) / spans.length}%`);
    brush.setAttribute("width", `${(100 * (high + 1 - low)) / spans.length}%`);
    drawing.append(brush);
    say(a, b);
  };
  const go = (a, b) => {
    const { first, last } = ends(a, b);
    const url = new URL(location.href);
    url.hash = "";
    for (const name of ["page", "undated"]) url.searchParams.delete(name);
    url.searchParams.set("from", first);
    url.searchParams.set("to", last);
    location.assign(url);
  };

  let from = null; // the place where a drag or a span by keys began
  let to = null;
  let dragged = false;
  const clear = () => {
    from = to = null;
    brush.remove();
    if (reading) reading.textContent = told;
  };
  const at = (event) => {
    const { left, width } = drawing.getBoundingClientRect();
    const place = Math.floor(((event.clientX - left) / width) * spans.length);
    return Math.min(spans.length - 1, Math.max(0, place));
  };

  drawing.addEventListener("dragstart", (event) => event.preventDefault());
  drawing.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary) return;
    from = to = at(event);
    dragged = false;
  });
  drawing.addEventListener("pointermove", (event) => {
    const place = at(event);
    if (from === null) {
      if (event.pointerType === "mouse") say(place, place);
      return;
    }
    if (!dragged && place === from) return;
    // Only now: a capture would take the click from the link that was pressed.
    if (!dragged) drawing.setPointerCapture(event.pointerId);
    dragged = true;
    to = place;
    show(from, to);
  });
  drawing.addEventListener("pointerup", () => {
    if (from !== null && dragged) go(from, to);
    clear();
  });
  drawing.addEventListener("pointercancel", clear);
  drawing.addEventListener("pointerleave", () => {
    if (!drawing.contains(document.activeElement) && from === null) clear();
  });
  drawing.addEventListener(
    "click",
    (event) => {
      if (dragged) event.preventDefault();
      dragged = false;
    },
    true,
  );

  const focus = (index) => {
    for (const bar of bars) bar.setAttribute("tabindex", "-1");
    bars[index].setAttribute("tabindex", "0");
    bars[index].focus();
  };
  if (bars.length) bars[0].setAttribute("tabindex", "0");
  // Chromium stops at a drawing that listens for the focus, as if it were a link.
  drawing.setAttribute("tabindex", "-1");
  drawing.addEventListener("focusin", (event) => {
    const place = places[bars.indexOf(event.target)];
    if (from === null && place !== undefined) say(place, place);
  });
  drawing.addEventListener("focusout", (event) => {
    if (!drawing.contains(event.relatedTarget)) clear();
  });
  const STEPS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  drawing.addEventListener("keydown", (event) => {
    const here = bars.indexOf(document.activeElement);
    if (here < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step) {
      event.preventDefault();
      const next = Math.min(bars.length - 1, Math.max(0, here + step));
      if (event.shiftKey && from === null) from = places[here];
      if (!event.shiftKey) clear();
      focus(next);
      if (event.shiftKey) show(from, (to = places[next]));
    } else if (event.key === "Enter" && from !== null && from !== to) {
      event.preventDefault();
      go(from, to);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && from !== null) {
      clear();
      // What is still pressed was given up: letting go must not follow the link beneath.
      dragged = true;
    }
  });
})();
