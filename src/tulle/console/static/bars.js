/** Owns the categories as bars, the most likely one as the headline. */

import { button, el } from "./elements.js";
import { share } from "./format.js";
import { areShares } from "./prediction.js";

const FIRST_SHOWN = 10;

/** @param {import("./prediction.js").Prediction} prediction @returns {HTMLElement} */
export function predictionView({ category, scores }) {
  const reading = areShares(scores) ? share : (/** @type {number} */ value) => value.toPrecision(4);
  const highest = scores[0][1];
  const lowest = areShares(scores) ? 0 : Math.min(0, scores.at(-1)?.[1] ?? 0);
  const width = (/** @type {number} */ value) => (areShares(scores) ? value : (value - lowest) / (highest - lowest || 1));
  const row = (/** @type {[string, number]} */ [label, value], /** @type {number} */ rank) =>
    el(
      "li",
      { class: rank === 0 ? "bar first" : "bar", vars: { "--share": width(value), "--rank": Math.min(rank, 12) } },
      el("span", { class: "bar-label" }, label),
      el("span", { class: "bar-value" }, reading(value)),
      el("span", { class: "bar-track", "aria-hidden": "true" }),
    );
  const list = el("ol", { class: "bars", "aria-label": "Categories" }, scores.slice(0, FIRST_SHOWN).map(row));
  const more = button(`Show all ${scores.length} categories`, () => {
    list.append(...scores.slice(FIRST_SHOWN).map((entry, index) => row(entry, index + FIRST_SHOWN)));
    more.remove();
  }, { class: "button quiet small" });
  const own = scores.find(([label]) => label === category)?.[1] ?? highest;
  return el(
    "section",
    { class: "prediction" },
    el("h2", { class: "headline" }, category, " ", el("span", { class: "headline-share" }, reading(own))),
    list,
    scores.length > FIRST_SHOWN && more,
  );
}
