/** Owns the requests to the console's server. */

import { parse } from "./exact_json.js";

const ROOT = "/_tulle/api/";

/** What the server says when it does not do what was asked. */
export class Refused extends Error {
  /** @param {number} status @param {string} message @param {string} hint */
  constructor(status, message, hint) {
    super(message);
    this.status = status;
    this.hint = hint;
  }
}

/** @param {string} path @returns {Promise<any>} */
export function get(path) {
  return ask("GET", path);
}

/**
 * @param {"POST" | "PUT" | "DELETE"} method
 * @param {string} path
 * @param {string} [body] JSON, as text: so numbers of the user's keep all their digits
 * @returns {Promise<any>}
 */
export function change(method, path, body) {
  return ask(method, path, body);
}

/** @param {string} method @param {string} path @param {string} [body] */
async function ask(method, path, body) {
  /** @type {Record<string, string>} */
  const headers = method === "GET" ? {} : { "Content-Type": "application/json", "X-Tulle-Console": "1" };
  let response;
  try {
    response = await fetch(ROOT + path, { method, body, headers });
  } catch {
    throw new Refused(0, "tulle dev does not answer.", "Look in its terminal: has it stopped?");
  }
  const answer = parse(await response.text());
  if (response.ok) return answer;
  const { message = `The server answered ${response.status}.`, hint = "" } = answer?.error ?? {};
  throw new Refused(response.status, message, hint);
}
