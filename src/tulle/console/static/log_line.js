/** Owns one line of the log: whether the platform or the function says it, whether it is an error, how it looks. */

import { el } from "./elements.js";
import { shortId, timeOfDay } from "./format.js";

/** @typedef {import("./shapes.js").LogLine} LogLine */

const PLATFORM = /^(INIT_START|INIT_REPORT|START|END|REPORT|EXTENSION|LOGS|TELEMETRY|RESTORE_\w+)\s/;
const ERROR = /^\[(ERROR|CRITICAL)\]|^\w*(Error|Exception)\b.*:|^Traceback |Task timed out after|^RequestId: \S+ Error:|Status: (error|timeout)\b|"level":\s*"(ERROR|CRITICAL)"/;

/** @typedef {"platform" | "error" | "own"} Kind */

/**
 * @param {string} line
 * @param {Kind | null} [before] of the line before: what is indented beneath an error belongs to it, as a stack does
 * @returns {Kind}
 */
export function kindOf(line, before = null) {
  if (ERROR.test(line) || (before === "error" && /^\s/.test(line))) return "error";
  return PLATFORM.test(line) ? "platform" : "own";
}

/**
 * @param {LogLine} entry
 * @param {Kind} kind
 * @param {{brief?: boolean, first?: boolean, onPick?: (id: string) => void}} [options]
 *   brief: without moment and id; first: whether another invocation spoke before; onPick: what its id does when pressed
 * @returns {HTMLElement}
 */
export function lineView(entry, kind, { brief = false, first = false, onPick } = {}) {
  const { line, request_id: id, at_ms } = entry;
  const mark = kind === "error" && el("span", { class: "hidden" }, "error: ");
  if (brief) return el("div", { class: `logline brief ${kind}` }, el("span", { class: "log-text" }, mark, line));
  const pick = first && id && onPick && el(
    "button",
    { type: "button", class: "log-id", title: `Only invocation ${id}`, on: { click: () => onPick(id) } },
    shortId(id),
  );
  return el(
    "div",
    { class: `logline ${kind}${first ? " first" : ""}` },
    el("span", { class: "log-time" }, timeOfDay(at_ms)),
    pick || el("span", { class: "log-id" }, first && !id ? "init" : ""),
    el("span", { class: "log-text" }, mark, line),
  );
}
