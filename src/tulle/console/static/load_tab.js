/** Owns the tab Load: many requests at once, and how the function bears them. */

import { announce, note, noting } from "./announce.js";
import { change } from "./api.js";
import { asEvent } from "./calls.js";
import { button, el, icon } from "./elements.js";
import { count, duration } from "./format.js";
import { LoadPlots } from "./plot.js";

/** @typedef {import("./shapes.js").Load} Load */

/**
 * @param {import("./store.js").Store} store
 * @param {HTMLElement} panel
 * @param {{editorText: () => string | null}} options the event in the editor, null where it is not JSON
 */
export function startLoadTab(store, panel, { editorText }) {
  /** @type {string | null} */
  let shown = null;
  let awaited = false; // whether a run that was started here has yet to end
  const plots = new LoadPlots();
  const requests = field("load-requests", "Requests", 200, 10_000);
  const concurrency = field("load-concurrency", "At once", Math.min(10, store.facts?.concurrency ?? 10), 1000);
  const what = el("select", { id: "load-what" });
  const start = el("button", { class: "button primary", id: "load-start" }, icon("play"), "Start");
  const stop = button("Stop", () => noting(() => change("DELETE", "load")), { class: "button", id: "load-stop" });
  const form = el(
    "form",
    { class: "card load-form", on: { submit } },
    el("div", { class: "field wide" }, el("label", { for: "load-what" }, "Send"), what),
    requests.root,
    concurrency.root,
    el("div", { class: "row" }, start, stop),
  );
  const figures = el("dl", { class: "tiles" });
  const progress = el("progress", { "aria-label": "Requests done", max: "1", value: "0" });
  const legend = el(
    "p",
    { class: "legend" },
    ["warm", "cold", "error", "throttled"].map((name) => el("span", { class: `key-${name}` }, name)),
  );
  const plotted = el(
    "div",
    { class: "card plots" },
    el("div", { class: "card-head" }, el("h3", {}, "Latency"), legend),
    plots.latency,
    el("div", { class: "card-head" }, el("h3", {}, "Environments"), el("p", { class: "legend" }, el("span", { class: "key-warm" }, "busy"), el("span", { class: "key-idle" }, "idle"))),
    plots.counts,
  );
  const problem = el("p", { class: "card first-error" });
  const results = el("div", { class: "load-results" }, progress, figures, problem, plotted);
  const empty = el("div", { class: "card empty" }, el("h2", {}, "How many can it bear?"), el("p", {}, "Each request that comes while others run starts an environment of its own, a cold start, up to the limit of tulle dev. Watch that happen."));
  panel.replaceChildren(el("div", { class: "load" }, form, empty, results));
  results.hidden = true;
  stop.hidden = true;
  showChoices();
  store.on("call", showChoices);
  store.on("load", show);

  function showChoices() {
    const chosen = what.value;
    const last = store.call?.question;
    const picture = last && last.kind !== "event" && el("option", { value: "last" }, last.kind === "picture" ? `the picture ${last.picture.name}` : `the picture at ${last.url}`);
    const options = [picture, el("option", { value: "editor" }, "the event of the editor")].filter(Boolean);
    what.replaceChildren(...options);
    if (chosen && options.some((option) => option.value === chosen) && chosen !== "editor") what.value = chosen;
  }

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    const question = store.call?.question;
    const json = what.value === "last" && question ? await asEvent(question) : editorText();
    if (json === null) {
      note("The event in the editor is not valid JSON.", "bad");
      return;
    }
    const [n, c] = [requests.value(), concurrency.value()];
    const wanted = `{"event": ${json}, "requests": ${n}, "concurrency": ${c}, "over": "invoke"}`;
    awaited = true;
    await noting(async () => {
      try {
        const begun = await change("POST", "load", wanted);
        if (begun.id !== shown) show(begun); // the stream may have told more of it already
      } catch (error) {
        awaited = false;
        throw error;
      }
    });
  }

  /** @param {Load} load with the samples that are new since the last one */
  function show(load) {
    if (load.id !== shown) plots.clear();
    const began = load.id !== shown && load.state === "running";
    shown = load.id;
    plots.add(load.samples, load.environments);
    empty.hidden = true;
    results.hidden = false;
    progress.max = load.requests;
    progress.value = load.done;
    figures.replaceChildren(...tiles(load));
    problem.hidden = !load.first_error;
    if (load.first_error) problem.textContent = `The first error: ${load.first_error.error_type}: ${load.first_error.message}`;
    const runs = load.state === "running";
    start.disabled = runs;
    stop.hidden = !runs;
    if (began) announce(`The load run began: ${load.requests} requests`);
    if (awaited && !runs) announce(`The load run is ${load.state}: ${load.done} requests, ${load.errors} errors, ${load.throttled} throttled`);
    awaited &&= runs;
  }

  store.on("snapshot", () => {
    shown = null; // the snapshot has all samples again
  });
}

/** @param {Load} load @returns {HTMLElement[]} */
function tiles(load) {
  const ms = (/** @type {number | null} */ value) => (value === null ? "–" : duration(value));
  const tile = (/** @type {string} */ name, /** @type {string} */ value, tone = "") => el("div", { class: `tile ${tone}` }, el("dt", {}, name), el("dd", {}, value));
  return [
    tile("Done", `${count(load.done)} of ${count(load.requests)}`),
    tile("Half within", ms(load.p50_ms)),
    tile("90 % within", ms(load.p90_ms)),
    tile("99 % within", ms(load.p99_ms)),
    tile("A second", load.per_second === null ? "–" : load.per_second.toFixed(load.per_second < 100 ? 1 : 0)),
    tile("Errors", count(load.errors), load.errors ? "bad" : ""),
    tile("Throttled", count(load.throttled), load.throttled ? "bad" : ""),
  ];
}

/** @param {string} id @param {string} label @param {number} value @param {number} most */
function field(id, label, value, most) {
  const input = el("input", { id, type: "number", min: "1", max: String(most), value: String(value), required: true, inputmode: "numeric" });
  return { root: el("div", { class: "field" }, el("label", { for: id }, label), input), value: () => Number(input.value) };
}
