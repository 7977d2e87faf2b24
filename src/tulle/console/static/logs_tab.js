/** Owns the tab Logs: all that the function and the platform say, as they say it. */

import { copyButton } from "./copy.js";
import { button, el } from "./elements.js";
import { shortId } from "./format.js";
import { kindOf, lineView } from "./log_line.js";

/** @typedef {import("./shapes.js").LogLine} LogLine */

const MOST_SHOWN = 2000;
const NEAR_END_PX = 24;

/**
 * @param {import("./store.js").Store} store
 * @param {HTMLElement} panel
 */
export function startLogsTab(store, panel) {
  /** @type {string | null} */
  let only = null;
  let following = true;
  /** @type {LogLine[]} that came since the last drawing */
  let fresh = [];
  let drawing = false;
  let last = "";
  /** @type {import("./log_line.js").Kind | null} of the line before */
  let kind = null;
  const filter = el("input", { type: "search", id: "log-filter", placeholder: "Filter", "aria-label": "Filter the log by text", spellcheck: "false", on: { input: redraw } });
  const chip = el("span", { class: "chips" });
  const copy = copyButton("the log", () => store.logs.filter(isWanted).map(({ line }) => line).join("\n"));
  const down = button("Follow the end", follow, { class: "button small follow" });
  const lines = el("div", { class: "loglines", id: "log", tabindex: "0", role: "log", "aria-label": "Log", "aria-live": "off", on: { scroll: scrolled } });
  const empty = el("p", { class: "empty-line" });
  panel.replaceChildren(
    el(
      "div",
      { class: "card logs" },
      el("div", { class: "row toolbar" }, filter, chip, el("span", { class: "space" }), copy),
      el("div", { class: "log-box" }, lines, down),
      empty,
    ),
  );
  down.hidden = true;
  redraw();
  store.on("snapshot", redraw);
  store.on("logs", (/** @type {LogLine} */ line) => {
    fresh.push(line);
    if (!drawing) requestAnimationFrame(draw);
    drawing = true;
  });

  /** @param {LogLine} entry */
  function isWanted({ line, request_id: id }) {
    const text = filter.value.trim().toLowerCase();
    return (!only || id === only) && (!text || line.toLowerCase().includes(text) || id === text);
  }

  function redraw() {
    lines.replaceChildren();
    last = "";
    fresh = [...store.logs];
    draw();
  }

  function draw() {
    drawing = false;
    const wanted = fresh.filter(isWanted).slice(-MOST_SHOWN);
    fresh = [];
    lines.append(...wanted.map(view));
    while (lines.childElementCount > MOST_SHOWN) lines.firstElementChild.remove();
    showState();
    if (following) lines.scrollTop = lines.scrollHeight;
  }

  function showState() {
    const none = lines.childElementCount === 0;
    empty.hidden = !none;
    lines.parentElement.hidden = none;
    empty.textContent = store.logs.length ? "No line has that in it." : "Nothing has been said yet. Call the function, and its log runs here.";
  }

  /** @param {LogLine} entry */
  function view(entry) {
    const speaker = entry.request_id ?? `init ${entry.environment}`;
    const first = speaker !== last;
    last = speaker;
    kind = kindOf(entry.line, first ? null : kind);
    return lineView(entry, kind, { first, onPick: pick });
  }

  /** @param {string | null} id of the invocation whose lines are shown alone */
  function pick(id) {
    only = id;
    const off = id && button([`Only ${shortId(id)}`, " ×"], () => pick(null), { class: "chip", "aria-label": `Show all invocations again, not only ${shortId(id)}` });
    chip.replaceChildren(...(off ? [off] : []));
    redraw();
  }

  function scrolled() {
    following = lines.scrollHeight - lines.scrollTop - lines.clientHeight < NEAR_END_PX;
    down.hidden = following;
  }

  function follow() {
    following = true;
    lines.scrollTop = lines.scrollHeight;
    lines.focus();
  }

  return {
    /** What was drawn while the tab was hidden could not scroll. */
    follow: () => following && (lines.scrollTop = lines.scrollHeight),
  };
}
