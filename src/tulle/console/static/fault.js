/** Owns what went wrong with a call, in words, and what to do about it. */

import { block, disclosure, el } from "./elements.js";
import { stringify } from "./exact_json.js";
import { unwrapped } from "./prediction.js";

/** @typedef {{status: number | null, type: string, message: string, stack: string[], hint: string}} Fault */

/** @type {[RegExp, string][]} */
const HINTS = [
  [/^Sandbox\.Timedout$|Task timed out/, "It took longer than it may. Start tulle dev with a larger --timeout-s, or look in the log for where it waits."],
  [/^Runtime\.OutOfMemory$/, "It needs more memory than it has. Start tulle dev with a larger --memory-mb."],
  [/^Runtime\.ImportModuleError$/, "The handler's module, or one that it imports, is not there. Install it in tulle's environment, or look at the handler's name."],
  [/^Runtime\.HandlerNotFound$/, "The module has no function of that name. Look at --handler."],
  [/^Runtime\.UserCodeSyntaxError$/, "The code is no valid Python. The log names the line."],
  [/^Runtime\.MarshalError$/, "The result cannot be written as JSON. Return texts, numbers, lists and dictionaries."],
  [/^Runtime\.ExitError$/, "The process ended before it answered. The log shows what it said last."],
  [/^Function\.ResponseSizeTooLarge$/, "Lambda carries back 6 MB at most. Return less, or the address of a file."],
  [/^TooManyRequests/, "As many run as may. Start tulle dev with a larger --concurrency, or send fewer at once."],
  [/^(KeyError|TypeError)$/, "Does the event have the shape that the handler reads? A request over HTTP carries its JSON as text under 'body'."],
];

/** @type {Record<number, string>} what the gateway means when it answers in the function's place */
const HINTS_BY_STATUS = {
  500: "The function's result is no HTTP response: it needs a statusCode that is a number, and a body that is text.",
  502: "The function's result is no HTTP response: it needs a statusCode that is a number, and a body that is text.",
  403: "The gateway has no such route, or wants an API key.",
  404: "The gateway has no such route. Start tulle dev with --route.",
  413: "An event may have 6 MB; as base64 about 4.5 MB of picture fit. Shrink it, or send its URL.",
  429: "As many run as may. Start tulle dev with a larger --concurrency, or send fewer at once.",
  503: "As many run as may, or it took longer than the gateway waits. The log tells which.",
  504: "It took longer than the gateway waits. Answer sooner, or let the caller come back for the answer.",
};

/** @param {import("./shapes.js").Call} call @returns {Fault | null} null where all went well */
export function readFault({ invocation, answer }) {
  const http = answer ?? invocation?.http ?? null;
  const raised = invocation?.error_type ?? null;
  const bad = http !== null && http.status >= 400;
  if (!bad && !raised && invocation?.state !== "refused") return null;
  const result = invocation?.result;
  const said = raised ? result : (answer?.body ?? unwrapped(result));
  const status = bad ? http.status : null;
  const type = raised ?? said?.title ?? (status === null ? "Refused" : "No answer");
  const message = said?.errorMessage ?? said?.detail ?? said?.message ?? said?.Message ?? asText(said);
  return {
    status,
    type: said?.errorType ?? type,
    message,
    stack: (said?.stackTrace ?? said?.trace ?? []).map(String),
    hint: hintFor(said?.errorType ?? type, message, isOwnAnswer(invocation) ? null : status),
  };
}

/** @param {Fault} fault @returns {HTMLElement} */
export function faultView({ status, type, message, stack, hint }) {
  return el(
    "section",
    { class: "fault" },
    el("h2", { class: "headline bad" }, el("span", { class: "status" }, status ?? "error"), " ", type),
    message && el("p", { class: "fault-message" }, message),
    hint && el("p", { class: "fault-hint" }, hint),
    stack.length > 0 && disclosure("Stack", block("Stack", stack.join("").trimEnd())),
  );
}

/** @param {string} type @param {string} message @param {number | null} status */
function hintFor(type, message, status) {
  const found = HINTS.find(([pattern]) => pattern.test(type) || pattern.test(message));
  return found?.[1] ?? (status === null ? "" : HINTS_BY_STATUS[status]) ?? "";
}

/**
 * @param {import("./shapes.js").Invocation | null} invocation
 * @returns {boolean} whether the function itself chose to answer so; it knows best what to do, then
 */
function isOwnAnswer(invocation) {
  if (!invocation || invocation.state !== "done" || invocation.error_type) return false;
  return invocation.result?.statusCode === invocation.http?.status;
}

/** @param {any} said */
function asText(said) {
  if (said === null || said === undefined) return "";
  return typeof said === "string" ? said : stringify(said);
}
