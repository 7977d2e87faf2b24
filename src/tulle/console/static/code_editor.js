/** Owns the JSON editor: a textarea with line numbers, indenting, and a word about the first mistake. */

import { el } from "./elements.js";
import { findMistake, format } from "./json_text.js";

const CHECK_AFTER_MS = 150;
const INDENT = "  ";

/**
 * @param {{id: string, label: string, onChange: () => void, onRun: () => void}} options
 */
export function codeEditor({ id, label, onChange, onRun }) {
  const numbers = el("div", { class: "numbers", "aria-hidden": "true" });
  const area = el("textarea", {
    id,
    class: "code",
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
    wrap: "off",
    "aria-label": label,
    "aria-describedby": `${id}-state ${id}-keys`,
    on: { input: changed, keydown: pressed, scroll: () => (numbers.scrollTop = area.scrollTop) },
  });
  const state = el("p", { class: "editor-state", id: `${id}-state`, role: "status" });
  const keys = el("p", { class: "hidden", id: `${id}-keys` }, "Tab indents. Press Escape, then Tab, to leave the editor. Control Enter invokes.");
  const root = el("div", { class: "editor" }, el("div", { class: "editor-box" }, numbers, area), el("div", { class: "editor-foot" }, state, keys));
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  let leaving = false;
  let lines = 0;

  function changed() {
    number();
    clearTimeout(timer);
    timer = setTimeout(check, CHECK_AFTER_MS);
    onChange();
  }

  function number() {
    const wanted = area.value.split("\n").length;
    if (wanted === lines) return;
    lines = wanted;
    numbers.textContent = Array.from({ length: wanted }, (_, index) => index + 1).join("\n");
  }

  /** @returns {boolean} whether the text is JSON */
  function check() {
    clearTimeout(timer);
    const mistake = findMistake(area.value);
    area.setAttribute("aria-invalid", String(Boolean(mistake)));
    root.classList.toggle("invalid", Boolean(mistake));
    const words = mistake ? `Line ${mistake.line}, column ${mistake.column}: ${mistake.message}` : "Valid JSON";
    if (state.textContent !== words) state.textContent = words;
    return !mistake;
  }

  /** @param {KeyboardEvent} event */
  function pressed(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onRun();
    } else if (event.key === "Tab" && !leaving) {
      event.preventDefault();
      if (event.shiftKey) outdent();
      else insert(INDENT);
    } else if (event.key === "Enter") {
      event.preventDefault();
      insert(`\n${indentation()}`);
    }
    leaving = event.key === "Escape" || (leaving && event.key === "Shift");
  }

  /** @returns {string} what the next line begins with */
  function indentation() {
    const line = area.value.slice(0, area.selectionStart).split("\n").at(-1) ?? "";
    const deeper = /[{[]\s*$/.test(line) ? INDENT : "";
    return (/^\s*/.exec(line)?.[0] ?? "") + deeper;
  }

  function outdent() {
    const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const spaces = /^ {0,2}/.exec(area.value.slice(start))?.[0].length ?? 0;
    const at = area.selectionStart;
    if (!spaces) return;
    area.setSelectionRange(start, start + spaces);
    insert("");
    area.setSelectionRange(Math.max(start, at - spaces), Math.max(start, at - spaces));
  }

  /** Type a text for the user, so that undo takes it back. @param {string} text */
  function insert(text) {
    area.focus();
    document.execCommand(text ? "insertText" : "delete", false, text);
  }

  return {
    root,
    area,
    check,
    get text() {
      return area.value;
    },
    set text(text) {
      area.value = text;
      number();
      check();
    },
    /** Lay the text out; where it is wrong, put the cursor there. */
    format() {
      const mistake = findMistake(area.value);
      area.focus();
      if (mistake) {
        check();
        area.setSelectionRange(mistake.at, mistake.at);
        return;
      }
      area.select();
      insert(format(area.value));
      area.setSelectionRange(0, 0);
      area.scrollTop = 0;
    },
  };
}
