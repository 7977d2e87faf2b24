/** Owns the tab Event: any JSON goes in, and what the function made of it comes out. */

import { announce } from "./announce.js";
import { ask } from "./calls.js";
import { answerView, cards, figuresView, logView } from "./call_view.js";
import { codeEditor } from "./code_editor.js";
import { button, el, icon } from "./elements.js";
import { faultView, readFault } from "./fault.js";
import { savedEvents } from "./saved_events.js";
import { recall, remember } from "./storage.js";

const START = '{\n  "key": "value"\n}';

/**
 * @param {import("./store.js").Store} store
 * @param {HTMLElement} panel
 */
export function startEventTab(store, panel) {
  let running = false;
  const editor = codeEditor({ id: "event-json", label: "Event, as JSON", onChange: kept, onRun: invoke });
  const events = savedEvents({ onOpen: open, text: () => (editor.check() ? editor.text : null) });
  const format = button("Format", () => editor.format(), { class: "button quiet" });
  const run = button([icon("play"), "Invoke"], invoke, { class: "button primary", id: "invoke", title: "Ctrl or ⌘ with Enter" });
  const answer = el("div", { class: "answer" });
  const bar = el("div", { class: "row toolbar" }, events.buttons, format, el("span", { class: "space" }), run);
  panel.replaceChildren(
    el(
      "div",
      { class: "event" },
      events.root,
      el("div", { class: "card editor-card" }, editor.root, bar),
      el("div", { class: "card answer-card" }, answer),
    ),
  );
  answer.replaceChildren(
    el("div", { class: "empty" }, el("h2", {}, "Hand it an event"), el("p", {}, "The function gets this JSON as it is, as from AWS’s Invoke. Its answer, its report and its log stand here.")),
  );
  begin();

  async function begin() {
    const last = recall(`event:${store.facts?.name}`);
    editor.text = last ?? START;
    await events.load();
    const first = events.first({ template: store.facts?.kind === "model" });
    if (last === null && first && editor.text === START) events.open(first);
  }

  function kept() {
    remember(`event:${store.facts?.name}`, editor.text);
  }

  /** @param {string} text */
  function open(text) {
    editor.text = text;
    kept();
  }

  async function invoke() {
    if (running) return;
    if (!editor.check()) {
      editor.format(); // puts the cursor where the mistake is
      announce("The event is not valid JSON");
      return;
    }
    running = true;
    run.classList.add("busy");
    answer.setAttribute("aria-busy", "true");
    /** @type {import("./shapes.js").Question} */
    const question = { kind: "event", text: editor.text };
    try {
      const call = await ask(store, question);
      show(call);
    } catch (error) {
      showUnanswered(/** @type {any} */ (error));
    }
    running = false;
    run.classList.remove("busy");
    answer.removeAttribute("aria-busy");
  }

  /** @param {import("./shapes.js").Call} call */
  function show(call) {
    const lines = call.invocation ? store.linesOf(call.invocation.id) : [];
    answer.replaceChildren(...[answerView(call), figuresView(call), logView(lines), ...cards(call)].filter((part) => part instanceof Node));
    const fault = readFault(call);
    announce(fault ? `Error: ${fault.type}. ${fault.message}` : "The function answered");
  }

  /** @param {{message: string, hint: string, status: number}} error */
  function showUnanswered({ message, hint, status }) {
    answer.replaceChildren(faultView({ status: status || null, type: status === 429 ? "Too many at once" : "No answer", message, hint, stack: [] }));
    announce(`No answer: ${message}`);
  }

  return {
    /** @param {string} text puts an event into the editor */
    open(text) {
      open(text);
      editor.area.focus();
    },
    /** @returns {string | null} the event in the editor, null where it is not JSON */
    text: () => (editor.check() ? editor.text : null),
  };
}
