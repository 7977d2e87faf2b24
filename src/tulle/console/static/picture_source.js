/** Owns the ways in which a picture comes onto the page: chosen, dropped or pasted, and what is asked of one that is too large. */

import { announce, note } from "./announce.js";
import { button, byId, el, icon } from "./elements.js";
import { size } from "./format.js";
import { MOST_PICTURE_BYTES, shrink } from "./picture.js";

/** @typedef {import("./shapes.js").Picture} Picture */
/** @typedef {{onPicture: (picture: Picture) => void, onUrl: (url: string) => void}} Takers */

/**
 * Take pictures that are dropped or pasted anywhere while the tab is open.
 * @param {Takers} takers
 * @param {() => boolean} isOpen
 */
export function listenForPictures({ onPicture, onUrl }, isOpen) {
  const { classList } = document.body;
  addEventListener("dragover", (event) => {
    event.preventDefault();
    classList.toggle("dragging", isOpen());
  });
  addEventListener("dragleave", (event) => event.relatedTarget === null && classList.remove("dragging"));
  addEventListener("drop", (event) => {
    event.preventDefault(); // or the browser would leave the page for the file
    classList.remove("dragging");
    if (isOpen()) take(event.dataTransfer);
  });
  addEventListener("paste", (event) => {
    const inField = event.target instanceof Element && event.target.closest("input, textarea");
    if (isOpen() && !(inField && !event.clipboardData?.files.length)) take(event.clipboardData);
  });

  /** @param {DataTransfer | null} transfer */
  function take(transfer) {
    const [file] = transfer?.files ?? [];
    const text = (transfer?.getData("text/uri-list") || transfer?.getData("text/plain") || "").trim();
    if (file) onPicture({ blob: file, name: file.name || "pasted picture" });
    else if (/^https?:\/\/\S+$/.test(text)) onUrl(text);
    else note("That holds neither a picture nor the URL of one.", "bad");
  }
}

/**
 * Make the button that opens the system's file dialog.
 * @param {(picture: Picture) => void} onPicture
 * @returns {HTMLElement}
 */
export function chooser(onPicture) {
  const input = el("input", {
    type: "file",
    id: "picture-file",
    accept: "image/*",
    class: "hidden",
    tabindex: "-1",
    "aria-label": "Picture",
    on: { change: chosen },
  });
  function chosen() {
    const [file] = input.files;
    input.value = ""; // so that the same file can be chosen again
    if (file) onPicture({ blob: file, name: file.name });
  }
  const open = button([icon("picture"), "Choose a picture"], () => input.click(), { class: "button", id: "choose" });
  return el("div", { class: "chooser" }, input, open);
}

/**
 * Give the picture back if it can be sent; else ask whether it may be made smaller.
 * @param {Picture} picture
 * @returns {Promise<Picture | null>} null where it is not to be sent
 */
export function fitting(picture) {
  if (picture.blob.size <= MOST_PICTURE_BYTES) return Promise.resolve(picture);
  const dialog = byId("dialog");
  return new Promise((resolve) => {
    const end = (/** @type {Picture | null} */ answer) => {
      resolve(answer);
      dialog.close();
    };
    const smaller = async () => {
      try {
        const made = await shrink(picture);
        announce(`The picture was made smaller, from ${size(picture.blob.size)} to ${size(made.blob.size)}`);
        end(made);
      } catch {
        note("This browser cannot read that picture, and so cannot make it smaller.", "bad");
        end(null);
      }
    };
    dialog.replaceChildren(
      el("h2", { id: "dialog-title" }, "This picture is too large to be sent"),
      el("p", {}, `It has ${size(picture.blob.size)}. A request to Lambda carries pictures of about ${size(MOST_PICTURE_BYTES)}, here as on AWS. The model looks at far fewer pixels, so a smaller copy does as well.`),
      el(
        "div",
        { class: "row end" },
        button("Cancel", () => end(null), { class: "button quiet" }),
        button("Make it smaller", smaller, { class: "button primary" }),
      ),
    );
    dialog.onclose = () => resolve(null);
    dialog.showModal();
  });
}
