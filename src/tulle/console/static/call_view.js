/** Owns showing a call whole: what came of it, where the time went, what it cost, what it said. */

import { predictionView } from "./bars.js";
import { costView } from "./cost_view.js";
import { disclosure, el } from "./elements.js";
import { faultView, readFault } from "./fault.js";
import { duration, shortId } from "./format.js";
import { jsonView } from "./json_view.js";
import { kindOf, lineView } from "./log_line.js";
import { readPrediction, unwrapped } from "./prediction.js";
import { timelineView } from "./timeline.js";

/**
 * @typedef {import("./shapes.js").Call} Call
 * @typedef {import("./shapes.js").LogLine} LogLine
 */

/** @param {Call} call @returns {HTMLElement} the answer itself: bars, JSON or what went wrong */
export function answerView(call) {
  const fault = readFault(call);
  if (fault) return faultView(fault);
  const prediction = readPrediction(resultOf(call));
  return prediction ? predictionView(prediction) : jsonView("Answer", resultOf(call), { cut: call.invocation?.result_cut });
}

/** @param {Call} call @returns {HTMLElement} its figures in one line */
export function figuresView({ invocation, answer }) {
  const report = invocation?.report;
  const status = answer?.status ?? invocation?.http?.status;
  const entry = (/** @type {string} */ name, /** @type {any} */ value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));
  return el(
    "dl",
    { class: "figures" },
    invocation?.environment && entry("Start", startView(invocation.cold)),
    status !== undefined && entry("Status", String(status)),
    (invocation?.attempts ?? 1) > 1 && entry("Attempt", String(invocation?.attempts)),
    report && entry("Duration", duration(report.duration_ms)),
    report && entry("Billed", `${report.billed_duration_ms} ms`),
    report && entry("Memory", `${report.max_memory_used_mb} of ${report.memory_size_mb} MB`),
    invocation && entry("Request", el("code", { title: invocation.id }, shortId(invocation.id))),
  );
}

/** @param {boolean} cold @returns {HTMLElement} */
export function startView(cold) {
  return el("span", { class: cold ? "badge cold" : "badge warm" }, cold ? "cold" : "warm");
}

/** @param {Call} call @returns {(HTMLElement | null)[]} the cards beneath the answer */
export function cards(call) {
  return [timelineView(call), call.invocation?.cost ? costView(call.invocation.cost) : null];
}

/** @param {LogLine[]} lines @returns {HTMLElement | null} */
export function logView(lines) {
  if (!lines.length) return null;
  /** @type {import("./log_line.js").Kind | null} */
  let kind = null;
  const shown = lines.map((line) => {
    kind = kindOf(line.line, kind);
    return lineView(line, kind, { brief: true });
  });
  return el(
    "section",
    { class: "json" },
    el("div", { class: "json-head" }, el("h3", {}, "Log")),
    el("div", { class: "block loglines", tabindex: "0", role: "region", "aria-label": "Log of this call" }, shown),
  );
}

/** @param {Call} call @returns {HTMLElement} the answer as it came, closed at first */
export function rawView(call) {
  return disclosure("The answer as JSON", jsonView("Answer", resultOf(call), { cut: call.invocation?.result_cut }));
}

/** @param {Call} call @returns {any} */
export function resultOf(call) {
  return call.answer ? call.answer.body : unwrapped(call.invocation?.result);
}
