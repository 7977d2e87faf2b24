/** Owns showing JSON: laid out, in colours, and cut where it is too long to be read. */

import { copyButton } from "./copy.js";
import { block, button, el } from "./elements.js";
import { count, pretty } from "./format.js";

const MOST_CHARACTERS = 20_000;
const LONGEST_STRING = 400;
const LEFT_OF_STRING = 120;
const PIECE = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)/g;

/**
 * @param {string} title
 * @param {unknown} value
 * @param {{cut?: boolean}} [options] cut: whether the server kept only its beginning
 * @returns {HTMLElement}
 */
export function jsonView(title, value, { cut = false } = {}) {
  const colour = typeof value !== "string";
  const text = colour ? pretty(value) : /** @type {string} */ (value);
  const brief = (colour ? pretty(value, shortened) : text).slice(0, MOST_CHARACTERS);
  const shown = block(title, pieces(brief, colour));
  const all = button(`Show all ${count(text.length)} characters`, () => {
    shown.replaceChildren(...pieces(text, colour));
    all.remove();
    shown.focus();
  }, { class: "button quiet small" });
  return el(
    "section",
    { class: "json" },
    el("div", { class: "json-head" }, el("h3", {}, title), copyButton(title.toLowerCase(), () => text)),
    shown,
    brief !== text && all,
    cut && el("p", { class: "hint" }, "This is its beginning; the rest was too long to be kept."),
  );
}

/** @param {string} _key @param {any} value @returns {any} of a long text, such as a picture's, the beginning */
function shortened(_key, value) {
  if (typeof value !== "string" || value.length <= LONGEST_STRING) return value;
  return `${value.slice(0, LEFT_OF_STRING)}… (${count(value.length)} characters)`;
}

/** @param {string} text @param {boolean} colour @returns {(Node | string)[]} */
function pieces(text, colour) {
  if (!colour) return [text];
  const made = [];
  let from = 0;
  for (const match of text.matchAll(PIECE)) {
    const [whole, string, colon, plain] = match;
    made.push(text.slice(from, match.index));
    made.push(el("span", { class: plain ? "j-plain" : colon ? "j-key" : "j-string" }, string ?? plain), colon ?? "");
    from = match.index + whole.length;
  }
  return [...made, text.slice(from)];
}
