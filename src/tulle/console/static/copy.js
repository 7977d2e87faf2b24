/** Owns copying a text to the clipboard, and saying that it was done. */

import { announce, note } from "./announce.js";
import { button, icon } from "./elements.js";

const SAID_MS = 1600;

/**
 * Make a button that copies what `text` gives when it is pressed.
 * @param {string} label for screen readers: what is copied
 * @param {() => string} text
 * @returns {HTMLButtonElement}
 */
export function copyButton(label, text) {
  const word = document.createElement("span");
  word.textContent = "Copy";
  const made = button([icon("copy"), word], copy, { class: "button quiet small", "aria-label": `Copy ${label}` });

  async function copy() {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      note("The browser refused to copy. Select the text and copy it by hand.", "bad");
      return;
    }
    word.textContent = "Copied";
    announce(`Copied ${label}`);
    setTimeout(() => {
      word.textContent = "Copy";
    }, SAID_MS);
  }

  return made;
}
