/** Owns the pictures that this page has sent: small copies stay in the browser, whole ones until the page is closed. */

import { thumbnail } from "./picture.js";
import { recall, remember } from "./storage.js";

/** @typedef {import("./shapes.js").Question} Question */

const MOST_THUMBNAILS = 60;
const MOST_WHOLE = 20;

/** @type {Map<string, Question>} by the invocation's id */
const questions = new Map();
/** @type {[string, string][]} id and `data:` URL, the oldest first */
let thumbnails = recall("thumbnails") ?? [];

/** @param {string} id @param {Question} question */
export async function keep(id, question) {
  questions.set(id, question);
  const [oldest] = questions.keys();
  if (questions.size > MOST_WHOLE) questions.delete(oldest);
  if (question.kind !== "picture") return;
  const small = await thumbnail(question.picture);
  if (!small) return;
  thumbnails = [...thumbnails, /** @type {[string, string]} */ ([id, small])].slice(-MOST_THUMBNAILS);
  remember("thumbnails", thumbnails);
}

/** @param {string} id @returns {string | null} */
export function thumbnailOf(id) {
  return thumbnails.find(([own]) => own === id)?.[1] ?? null;
}

/** @param {string} id @returns {Question | null} */
export function questionOf(id) {
  return questions.get(id) ?? null;
}
