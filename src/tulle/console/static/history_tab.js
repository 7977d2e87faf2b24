/** Owns the tab History: what was called, and one of those calls whole again. */

import { announce } from "./announce.js";
import { ask } from "./calls.js";
import { answerView, cards, figuresView, logView, startView } from "./call_view.js";
import { button, el, icon } from "./elements.js";
import { stringify } from "./exact_json.js";
import { faultView, readFault } from "./fault.js";
import { duration, pretty, share, timeOfDay } from "./format.js";
import { jsonView } from "./json_view.js";
import { questionOf, thumbnailOf } from "./keepsakes.js";
import { readPrediction } from "./prediction.js";

/**
 * @typedef {import("./shapes.js").Invocation} Invocation
 * @typedef {import("./shapes.js").Question} Question
 */

/**
 * @param {import("./store.js").Store} store
 * @param {HTMLElement} panel
 * @param {{onEvent: (text: string) => void}} options onEvent: puts an event into the editor
 */
export function startHistoryTab(store, panel, { onEvent }) {
  /** @type {string | null} */
  let chosen = null;
  const list = el("ol", { class: "history-list", reversed: true });
  const detail = el("div", { class: "card detail", tabindex: "-1" });
  const empty = el("p", { class: "empty-line card" }, "No call yet. Each one is kept here, the latest first, wherever it came from.");
  panel.replaceChildren(el("div", { class: "history" }, el("div", { class: "card list-card" }, list), detail), empty);
  store.on("snapshot", redraw);
  store.on("invocation", update);
  store.on("kept", update);
  redraw();

  function redraw() {
    list.replaceChildren(...[...store.invocations.values()].reverse().map(row));
    if (chosen === null || !store.invocations.has(chosen)) showNone();
    showState();
  }

  /** @param {Invocation} invocation */
  function update(invocation) {
    const old = list.querySelector(`[data-id="${CSS.escape(invocation.id)}"]`);
    const focused = old?.contains(document.activeElement);
    const fresh = row(invocation);
    if (old) old.replaceWith(fresh);
    else list.prepend(fresh);
    if (focused) fresh.querySelector("button")?.focus();
    while (list.childElementCount > store.invocations.size) list.lastElementChild.remove();
    if (invocation.id === chosen) show(invocation);
    showState();
  }

  function showState() {
    const none = list.childElementCount === 0;
    empty.hidden = !none;
    list.closest(".history").hidden = none;
  }

  /** @param {Invocation} invocation */
  function row(invocation) {
    const { id, report, cold, began_at_ms } = invocation;
    const small = thumbnailOf(id);
    const { title, tone } = summary(invocation);
    const open = () => {
      chosen = id;
      show(invocation);
      for (const other of list.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
      list.querySelector(`[data-id="${CSS.escape(id)}"] button`)?.setAttribute("aria-current", "true");
      if (matchMedia("(max-width: 899px)").matches) detail.scrollIntoView({ block: "start" });
      detail.focus({ preventScroll: true });
    };
    const picture = small ? el("img", { src: small, alt: "" }) : icon(invocation.http ? "globe" : "braces");
    return el(
      "li",
      { "data-id": id },
      el(
        "button",
        { type: "button", class: "call", "aria-current": id === chosen ? "true" : null, on: { click: open } },
        el("span", { class: "thumb" }, picture),
        el("span", { class: "call-what" }, el("span", { class: `call-title ${tone}` }, title), el("span", { class: "call-sub" }, `${timeOfDay(began_at_ms)} · ${way(invocation)}`)),
        el("span", { class: "call-how" }, el("span", { class: "call-ms" }, report ? duration(report.duration_ms + (report.init_duration_ms ?? 0)) : invocation.state === "running" ? "…" : ""), invocation.environment && startView(cold)),
      ),
    );
  }

  function showNone() {
    chosen = null;
    detail.replaceChildren(el("div", { class: "empty" }, el("h2", {}, "Choose a call"), el("p", {}, "All of it stands here again: the answer, the time, the cost, the log.")));
  }

  /** @param {Invocation} invocation */
  function show(invocation) {
    const call = { question: null, invocation, wall_ms: null, answer: null };
    const question = questionFor(invocation);
    const again = button([icon("again"), "Run again"], () => question && rerun(question), { class: "button" });
    again.disabled = !question;
    const edit = button("Open as event", () => onEvent(pretty(invocation.event)), { class: "button quiet" });
    edit.hidden = invocation.event_cut || invocation.event === null;
    const parts = [
      el("div", { class: "row detail-head" }, el("p", { class: "hint" }, `${timeOfDay(invocation.began_at_ms)} · ${way(invocation)}`), el("span", { class: "space" }), edit, again),
      !question && el("p", { class: "hint" }, invocation.event_cut ? "It cannot be run again: its event was too long to be kept." : "It never reached the function."),
      invocation.state === "running" ? el("p", { class: "hint" }, "It is running.") : answerView(call),
      figuresView(call),
      ...cards(call),
      logView(store.linesOf(invocation.id)),
      jsonView("Event", invocation.event, { cut: invocation.event_cut }),
    ];
    detail.replaceChildren(...parts.filter((part) => part instanceof Node));
  }

  /** @param {Question} question */
  async function rerun(question) {
    try {
      const { invocation } = await ask(store, question);
      if (!invocation) return;
      chosen = invocation.id;
      show(invocation);
      redraw();
      announce(`Run again: ${summary(invocation).title}`);
    } catch (error) {
      const { message, hint = "" } = /** @type {{message: string, hint?: string}} */ (error);
      detail.prepend(faultView({ status: null, type: "It did not run again", message, hint, stack: [] }));
    }
  }
}

/** @param {Invocation} invocation @returns {Question | null} null where too little of it was kept */
function questionFor(invocation) {
  const known = questionOf(invocation.id);
  if (known) return known;
  if (invocation.event_cut || invocation.event === null) return null;
  return { kind: "event", text: stringify(invocation.event) };
}

/** @param {Invocation} invocation @returns {{title: string, tone: string}} */
function summary(invocation) {
  if (invocation.state === "running") return { title: "running", tone: "" };
  const fault = readFault({ question: null, invocation, wall_ms: null, answer: null });
  if (fault) return { title: `${fault.status ?? ""} ${fault.type}`.trim(), tone: "bad" };
  const prediction = readPrediction(invocation.result);
  if (prediction) return { title: `${prediction.category} ${share(prediction.scores[0][1])}`, tone: "" };
  const text = typeof invocation.result === "string" ? invocation.result : stringify(invocation.result);
  return { title: text || "done", tone: "plain-result" };
}

/** @param {Invocation} invocation @returns {string} */
function way({ http, source }) {
  if (http) return `${http.method} ${http.path}`;
  return { event: "asynchronous Invoke", page: "from this page", invoke: "Invoke" }[source] ?? source;
}
