/** Owns the live connection to the server: it fills the store, and comes back by itself when it was lost. */

import { get } from "./api.js";
import { parse } from "./exact_json.js";

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 5000;
const SILENCE_MS = 40_000; // the server says something every 15 s

/** @param {import("./store.js").Store} store */
export function startStream(store) {
  let waitMs = FIRST_WAIT_MS;
  /** @type {EventSource | null} */
  let source = null;
  /** @type {ReturnType<typeof setTimeout>} */
  let silence;

  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE_MS);
  };

  function open() {
    source = new EventSource("/_tulle/api/stream");
    const listen = (/** @type {string} */ name, /** @type {(data: any) => void} */ hear) =>
      source?.addEventListener(name, (event) => {
        heard();
        hear(parse(event.data));
      });
    listen("snapshot", (snapshot) => {
      waitMs = FIRST_WAIT_MS;
      store.take(snapshot);
      store.connect("live");
    });
    listen("invocation", (invocation) => store.put(invocation));
    listen("log", (line) => store.log(line));
    listen("environments", (environments) => store.count(environments));
    listen("changed", (changed) => {
      store.tell("changed", changed);
      refresh().catch(() => {}); // labels may be others now; without an answer they stay
    });
    listen("load", (load) => store.tell("load", load));
    listen("ping", () => {});
    source.addEventListener("error", lost);
    heard();
  }

  function lost() {
    clearTimeout(silence);
    source?.close();
    store.connect("lost");
    setTimeout(again, waitMs);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }

  async function refresh() {
    store.facts = await get("function");
    store.tell("function");
  }

  /** The function may be another one by now: ask for it first. */
  async function again() {
    try {
      await refresh();
    } catch {
      lost();
      return;
    }
    open();
  }

  open();
}
