/** Owns what is said beside the page's content: short notes that go by themselves, and what screen readers hear. */

import { byId, el } from "./elements.js";

const NOTE_MS = 6000;

/** @param {string} text is spoken by screen readers and not shown */
export function announce(text) {
  const region = byId("spoken");
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}

/**
 * Show a note for some seconds.
 * @param {string} text
 * @param {"good" | "bad"} [tone]
 */
export function note(text, tone = "good") {
  const shown = el("p", { class: `note ${tone}` }, text);
  byId("notes").append(shown);
  setTimeout(() => shown.classList.add("leaving"), NOTE_MS);
  setTimeout(() => shown.remove(), NOTE_MS + 300);
}

/**
 * Do what may be refused, and show why where it was.
 * @param {() => Promise<unknown>} work
 */
export async function noting(work) {
  try {
    await work();
  } catch (error) {
    const { message, hint = "" } = /** @type {{message: string, hint?: string}} */ (error);
    note(`${message} ${hint}`.trim(), "bad");
  }
}
