/** Owns what a call would have cost on AWS, and what a million like it would. */

import { disclosure, el } from "./elements.js";
import { money } from "./format.js";

/** @type {Record<string, string>} */
const NAMES = { compute: "Lambda, time × memory", requests: "Lambda, requests", gateway: "API Gateway, requests" };

/** @param {import("./shapes.js").Cost} cost @returns {HTMLElement} */
export function costView({ call_usd, million_usd, million_free_usd, parts, region, architecture, rates_date }) {
  const row = (/** @type {(string | number)[]} */ [name, call, million], /** @type {string} */ tag = "td") =>
    el("tr", {}, el("th", { scope: "row" }, name), el(tag, {}, call), el(tag, {}, million));
  const rows = parts.map((part) =>
    row([NAMES[part.what] ?? part.what, money(part.call_usd), money(part.million_usd)]),
  );
  const heads = ["", "this call", "a million"].map((name) => el(name ? "th" : "td", name ? { scope: "col" } : {}, name));
  return el(
    "section",
    { class: "card cost" },
    el("h3", {}, "What it costs on AWS"),
    el(
      "dl",
      { class: "prices" },
      el("div", {}, el("dt", {}, "This call"), el("dd", {}, money(call_usd))),
      el("div", {}, el("dt", {}, "A million like it"), el("dd", {}, money(million_usd))),
    ),
    disclosure(
      "What it is made of",
      el(
        "table",
        { class: "plain" },
        el("thead", {}, el("tr", {}, heads)),
        el("tbody", {}, rows),
        el("tfoot", {}, row(["Together", money(call_usd), money(million_usd)])),
      ),
      el("p", { class: "hint" }, `By the time that it took here, at the prices of ${region} for ${architecture}, as of ${rates_date}. A million are warm calls in one month; with Lambda’s free tier they cost ${money(million_free_usd)}.`),
    ),
  );
}
