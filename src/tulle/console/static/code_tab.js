/** Owns the tab Code: the lines that do what the last call did. */

import { copyButton } from "./copy.js";
import { block, el } from "./elements.js";
import { snippets } from "./snippets.js";

/**
 * @param {import("./store.js").Store} store
 * @param {HTMLElement} panel
 */
export function startCodeTab(store, panel) {
  const told = el("p", { class: "lead" });
  const blocks = el("div", { class: "snippets" });
  panel.replaceChildren(told, blocks);
  store.on("call", show);
  show();

  function show() {
    const facts = /** @type {import("./shapes.js").FunctionFacts} */ (store.facts);
    const asked = store.call?.question ?? example(facts);
    told.textContent = store.call ? `The same as your last call, ${words(asked)}.` : "Make a call, and the lines that do the same stand here. Until then, an example.";
    const { name, region, gateway } = facts;
    blocks.replaceChildren(...snippets({ question: asked, origin: location.origin, name, region, route: gateway.picture_route, headers: gateway.headers }).map(view));
  }
}

/** @param {import("./snippets.js").Snippet} snippet */
function view({ title, note, code }) {
  return el(
    "section",
    { class: "card snippet" },
    el("div", { class: "card-head" }, el("h2", {}, title), copyButton(`the lines for ${title}`, () => code)),
    block(title, code.trimEnd()),
    el("p", { class: "hint" }, note),
  );
}

/** @param {import("./shapes.js").FunctionFacts} facts @returns {import("./shapes.js").Question} */
function example({ kind }) {
  if (kind === "model") return { kind: "url", url: "https://example.com/picture.jpg" };
  return { kind: "event", text: '{"key": "value"}' };
}

/** @param {import("./shapes.js").Question} question */
function words(question) {
  if (question.kind === "picture") return `the picture ${question.picture.name}`;
  return question.kind === "url" ? "a picture by its URL" : "an event by Invoke";
}
