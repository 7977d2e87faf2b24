/** Owns making a call: a picture over HTTP through the gateway, as any client sends it, or an event by Invoke. */

import { change } from "./api.js";
import { parse } from "./exact_json.js";
import { keep } from "./keepsakes.js";
import { asBase64 } from "./picture.js";

/**
 * @typedef {import("./shapes.js").Call} Call
 * @typedef {import("./shapes.js").Question} Question
 * @typedef {import("./store.js").Store} Store
 */

const ID_HEADERS = ["apigw-requestid", "x-amzn-requestid"];
const PATIENCE_MS = 1500; // for the stream to tell of an answer that is here already

/**
 * Ask the function, and give all that came of it.
 * @param {Store} store
 * @param {Question} question
 * @returns {Promise<Call>}
 */
export async function ask(store, question) {
  const { picture_route: route, headers } = /** @type {import("./shapes.js").FunctionFacts} */ (store.facts).gateway;
  if (question.kind === "event") return invoke(store, question, question.text);
  if (!route) return invoke(store, question, await asEvent(question));
  const asked = await request(route, contentOf(question, headers));
  const invocation = asked.answer?.id ? await store.find(isDone(asked.answer.id), PATIENCE_MS) : null;
  return finished(store, { question, invocation, ...asked });
}

/**
 * Give the event of a direct invoke that asks the same.
 * @param {Question} question
 * @returns {Promise<string>} JSON
 */
export async function asEvent(question) {
  if (question.kind === "event") return question.text;
  if (question.kind === "url") return JSON.stringify({ url: question.url });
  return JSON.stringify({ image: await asBase64(question.picture.blob) });
}

/** @param {Store} store @param {Question} question @param {string} event */
async function invoke(store, question, event) {
  const began = performance.now();
  const answered = await change("POST", "invocations", `{"event": ${event}}`);
  const wall_ms = performance.now() - began;
  const invocation = (await store.find(isDone(answered.id), PATIENCE_MS)) ?? answered;
  await store.heard(({ request_id: id, line }) => id === invocation.id && line.startsWith("REPORT "), PATIENCE_MS);
  return finished(store, { question, invocation, wall_ms, answer: null });
}

/** @param {string} route @param {RequestInit} content */
async function request(route, content) {
  const began = performance.now();
  const response = await fetch(route, { method: "POST", ...content });
  const text = await response.text();
  const wall_ms = performance.now() - began;
  const { status, headers } = response;
  return {
    wall_ms,
    answer: {
      status,
      type: headers.get("content-type") ?? "",
      body: parse(text, text),
      timings: readTimings(headers.get("server-timing")),
      id: ID_HEADERS.map((name) => headers.get(name)).find(Boolean) ?? null,
    },
  };
}

/** @param {Question} question @param {Record<string, string>} own headers @returns {RequestInit} */
function contentOf(question, own) {
  if (question.kind !== "picture") {
    const url = question.kind === "url" ? question.url : "";
    return { headers: { ...own, "Content-Type": "application/json" }, body: JSON.stringify({ url }) };
  }
  const { blob } = question.picture;
  return { headers: { ...own, "Content-Type": blob.type || "application/octet-stream" }, body: blob };
}

/** @param {string} id @returns {(invocation: import("./shapes.js").Invocation) => boolean} */
function isDone(id) {
  return ({ id: own, http, state }) => state !== "running" && (own === id || http?.gateway_id === id);
}

/** @param {Store} store @param {Call} call */
function finished(store, call) {
  const { invocation, question } = call;
  if (invocation && question) keep(invocation.id, question).then(() => store.tell("kept", invocation));
  store.called(call);
  return call;
}

/** @param {string | null} header such as `fetch;dur=41.2, infer;dur=14.9` @returns {Record<string, number> | null} */
function readTimings(header) {
  const entries = (header ?? "").split(",").map((entry) => /^\s*([\w-]+)\s*;.*\bdur=([\d.]+)/.exec(entry));
  const found = entries.filter((entry) => entry !== null).map(([, name, ms]) => [name, Number(ms)]);
  return found.length ? Object.fromEntries(found) : null;
}
