/** Owns the tab Try: a picture goes in, and what the model says of it comes out. */

import { announce, note } from "./announce.js";
import { get } from "./api.js";
import { answerView, cards, figuresView, logView, rawView, resultOf } from "./call_view.js";
import { ask } from "./calls.js";
import { button, el, icon } from "./elements.js";
import { faultView, readFault } from "./fault.js";
import { share, size } from "./format.js";
import { chooser, fitting, listenForPictures } from "./picture_source.js";
import { readPrediction } from "./prediction.js";

/**
 * @typedef {import("./shapes.js").Call} Call
 * @typedef {import("./shapes.js").Question} Question
 */

const narrow = matchMedia("(max-width: 899px)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @param {import("./store.js").Store} store
 * @param {HTMLElement} panel
 */
export function startTryTab(store, panel) {
  let latest = 0;
  const stage = el("div", { class: "stage-picture" });
  const answer = el("div", { class: "answer" });
  const under = el("div", { class: "slot" });
  const price = el("div", { class: "slot price-slot" });
  const again = button([icon("again"), "Ask again"], () => store.call?.question && send(store.call.question), { class: "button quiet" });
  const url = el("input", { type: "url", id: "picture-url", placeholder: "https://…", required: true, autocomplete: "off", spellcheck: "false" });
  const form = el(
    "form",
    { class: "url", on: { submit } },
    el("label", { for: "picture-url" }, "Or its URL"),
    el("div", { class: "joined" }, url, el("button", { class: "button primary" }, "Send")),
  );
  const samples = el("div", { class: "samples" });
  const side = el("div", { class: "card picture-card" }, stage, el("div", { class: "row" }, chooser(take), again), form, samples);
  again.hidden = true;
  const left = el("div", { class: "column" }, side, price);
  const right = el("div", { class: "column" }, el("div", { class: "card answer-card" }, answer), under);
  panel.replaceChildren(el("div", { class: "try" }, left, right));
  showEmpty();
  listenForPictures({ onPicture: take, onUrl: takeUrl }, () => !panel.hidden);
  showSamples(samples, take);

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    send({ kind: "url", url: url.value.trim() });
  }

  /** @param {string} address */
  function takeUrl(address) {
    url.value = address;
    send({ kind: "url", url: address });
  }

  /** @param {import("./shapes.js").Picture} picture */
  async function take(picture) {
    const fit = await fitting(picture);
    if (fit) send({ kind: "picture", picture: fit });
  }

  /** @param {Question} question */
  async function send(question) {
    const own = ++latest;
    stage.replaceChildren(pictureView(question));
    answer.replaceChildren(waiting());
    answer.setAttribute("aria-busy", "true");
    under.replaceChildren();
    price.replaceChildren();
    try {
      const call = await ask(store, question);
      if (own === latest) show(call);
    } catch (error) {
      if (own === latest) showUnanswered(/** @type {any} */ (error));
    }
    again.hidden = false;
    answer.removeAttribute("aria-busy");
  }

  /** @param {Call} call */
  function show(call) {
    const lines = call.invocation ? store.linesOf(call.invocation.id) : [];
    const fault = readFault(call);
    const [timeline, cost] = cards(call);
    const log = fault && lines.length > 0 && el("div", { class: "card" }, logView(lines));
    answer.replaceChildren(...[answerView(call), figuresView(call), !fault && rawView(call)].filter((part) => part instanceof Node));
    under.replaceChildren(...[timeline, log].filter((part) => part instanceof Node));
    price.replaceChildren(...[cost].filter((part) => part instanceof Node));
    announce(spoken(call));
    if (narrow.matches) answer.parentElement.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
  }

  /** @param {{message: string, hint?: string, status?: number}} error */
  function showUnanswered({ message, hint = "", status = 0 }) {
    answer.replaceChildren(faultView({ status: status || null, type: "No answer", message, hint: hint || "Is tulle dev still running? Look in its terminal.", stack: [] }));
    announce(`No answer: ${message}`);
  }

  function showEmpty() {
    stage.replaceChildren(
      el("div", { class: "drop" }, icon("picture"), el("p", { class: "drop-title" }, "Drop or paste a picture"), el("p", { class: "hint" }, "JPEG, PNG, WebP, GIF or BMP")),
    );
    answer.replaceChildren(
      el("div", { class: "empty" }, el("h2", {}, "What does the model see?"), el("p", {}, "Give it a picture. Its answer, where the time went and what that would cost on AWS stand here.")),
    );
  }
}

/** @param {Call} call @returns {string} */
function spoken(call) {
  const fault = readFault(call);
  if (fault) return `Error: ${fault.status ?? ""} ${fault.type}. ${fault.message}`;
  const prediction = readPrediction(resultOf(call));
  return prediction ? `${prediction.category}, ${share(prediction.scores[0][1])}` : "The function answered";
}

/** @param {Question} question @returns {HTMLElement} */
function pictureView(question) {
  if (question.kind !== "picture") {
    const url = question.kind === "url" ? question.url : "";
    return el(
      "div",
      { class: "elsewhere" },
      icon("link"),
      el("p", { class: "elsewhere-url" }, url),
      el("p", { class: "hint" }, "The function fetches it. This page asks no other host, so it does not show it."),
    );
  }
  const { blob, name } = question.picture;
  const shown = el("img", { src: URL.createObjectURL(blob), alt: name });
  shown.addEventListener("load", () => URL.revokeObjectURL(shown.src), { once: true });
  shown.addEventListener("error", () => shown.replaceWith(el("div", { class: "elsewhere" }, icon("file"), el("p", { class: "hint" }, "This browser cannot show it."))));
  return el("figure", { class: "shown" }, shown, el("figcaption", {}, el("span", { class: "file-name" }, name), el("span", {}, size(blob.size))));
}

function waiting() {
  const line = (/** @type {number} */ width) => el("div", { class: "ghost", vars: { "--width": width } });
  return el("div", { class: "waiting" }, el("p", { class: "hidden" }, "Waiting for the answer"), el("div", { class: "ghost tall" }), [0.92, 0.74, 0.81, 0.6, 0.68].map(line));
}

/**
 * Offer the model's own pictures, where the server has some, to who has none at hand.
 * @param {HTMLElement} place
 * @param {(picture: import("./shapes.js").Picture) => void} onPicture
 */
async function showSamples(place, onPicture) {
  /** @type {{samples: {name: string, url: string}[]}} */
  const { samples } = await get("samples").catch(() => ({ samples: [] }));
  if (!samples.length) return;
  const pick = async (/** @type {{name: string, url: string}} */ { name, url }) => {
    try {
      const response = await fetch(url);
      onPicture({ blob: await response.blob(), name: `${name}.jpg` });
    } catch {
      note("That picture could not be read. Is tulle dev still running?", "bad");
    }
  };
  const view = (/** @type {{name: string, url: string}} */ sample) =>
    el("li", {}, button(el("img", { src: sample.url, alt: sample.name, loading: "lazy" }), () => pick(sample), { class: "sample", title: sample.name }));
  place.replaceChildren(el("p", { class: "hint" }, "None at hand? Try one of ours."), el("ul", {}, samples.map(view)));
}
