/** Owns reading a prediction out of what a function gave: the categories and their shares. */

import { parse } from "./exact_json.js";

/** @typedef {{category: string, scores: [string, number][]}} Prediction  the highest score first */

/**
 * @param {any} result of an invocation, or the body of an HTTP answer
 * @returns {Prediction | null} null where it is none
 */
export function readPrediction(result) {
  const content = unwrapped(result);
  if (!isObject(content)) return null;
  const scores = isObject(content.scores) ? content.scores : content;
  const entries = Object.entries(scores);
  if (entries.length < 2 || !entries.every(([, value]) => typeof value === "number")) return null;
  const sorted = /** @type {[string, number][]} */ (entries).sort((a, b) => b[1] - a[1]);
  if (scores === content && !areShares(sorted)) return null;
  return { category: typeof content.category === "string" ? content.category : sorted[0][0], scores: sorted };
}

/** @param {any} result @returns {any} the body, where the result is an HTTP response */
export function unwrapped(result) {
  if (!isObject(result) || !("statusCode" in result) || typeof result.body !== "string") return result;
  return parse(result.body, result.body);
}

/** @param {[string, number][]} scores @returns {boolean} */
export function areShares(scores) {
  const sum = scores.reduce((total, [, value]) => total + value, 0);
  return scores.every(([, value]) => value >= 0 && value <= 1) && Math.abs(sum - 1) < 0.02;
}

/** @param {any} value @returns {value is Record<string, any>} */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
