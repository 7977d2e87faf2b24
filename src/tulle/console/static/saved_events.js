/** Owns the list of events: those that were saved, and the templates to begin with. */

import { note, noting } from "./announce.js";
import { change, get } from "./api.js";
import { button, byId, el, icon } from "./elements.js";
import { pretty } from "./format.js";

/** @typedef {{name: string, event: any, saved: boolean, bytes?: number, fault?: string}} SavedEvent  event: null where it is long or no JSON */

const NAME = /^[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}$/;

/**
 * @param {{onOpen: (text: string) => void, text: () => string | null}} options
 *   text: what is to be saved, null where it cannot be
 */
export function savedEvents({ onOpen, text }) {
  /** @type {SavedEvent[]} */
  let events = [];
  /** @type {string | null} */
  let current = null;
  const list = el("ul", { class: "event-list" });
  const save = button("Save", () => (current ? put(current) : askName()), { class: "button quiet" });
  const saveAs = button("Save as…", askName, { class: "button quiet" });
  const remove = button([icon("bin"), el("span", { class: "hidden" }, "Delete")], erase, { class: "button quiet", title: "Delete" });
  const root = el("nav", { class: "card events", "aria-label": "Events" }, el("h2", { class: "small-title" }, "Events"), list);

  async function load() {
    ({ events } = await get("events"));
    show();
  }

  function show() {
    const isSaved = events.some(({ name, saved }) => saved && name === current);
    if (!isSaved) current = null;
    remove.hidden = !isSaved;
    list.replaceChildren(...section("Saved", true), ...section("Templates", false));
  }

  /** @param {string} title @param {boolean} saved */
  function section(title, saved) {
    const shown = events.filter((event) => event.saved === saved);
    if (!shown.length) return [];
    return [el("li", { class: "event-group" }, title), ...shown.map(entry)];
  }

  /** @param {SavedEvent} event */
  function entry(event) {
    const isCurrent = event.saved && event.name === current;
    const choose = () => open(event);
    return el("li", {}, el("button", { type: "button", class: "event-name", "aria-current": isCurrent ? "true" : null, on: { click: choose } }, event.name));
  }

  /** @param {{template: boolean}} options template: whether one of those will do @returns {SavedEvent | null} */
  function first({ template }) {
    return events.find(({ saved }) => saved) ?? ((template && events[0]) || null);
  }

  /** @param {SavedEvent} chosen */
  async function open(chosen) {
    const { name, saved, fault } = chosen;
    if (fault) {
      note(`The file of “${name}” is no JSON. ${fault}`, "bad");
      return;
    }
    await noting(async () => {
      const { event } = chosen.event === null ? await get(`events/${encodeURIComponent(name)}`) : chosen;
      current = saved ? name : null;
      onOpen(pretty(event));
      show();
    });
  }

  /** @param {string} name */
  async function put(name) {
    const content = text();
    if (content === null) return;
    await noting(async () => {
      await change("PUT", `events/${encodeURIComponent(name)}`, `{"event": ${content}}`);
      current = name;
      await load();
      note(`Saved as “${name}”.`);
    });
  }

  async function erase() {
    const name = current;
    if (name === null) return;
    await noting(async () => {
      await change("DELETE", `events/${encodeURIComponent(name)}`);
      current = null;
      await load();
      note(`Deleted “${name}”. Its text is still in the editor.`);
    });
  }

  function askName() {
    if (text() === null) return;
    const dialog = byId("dialog");
    const field = el("input", { id: "event-name", required: true, maxlength: "64", autocomplete: "off", value: current ?? "" });
    const problem = el("p", { class: "problem", role: "alert" });
    /** @param {SubmitEvent} event */
    const submit = (event) => {
      event.preventDefault();
      const name = field.value.trim();
      if (!NAME.test(name)) {
        problem.textContent = "A name is made of letters, digits, spaces and - _ . and begins with a letter or a digit.";
        return;
      }
      dialog.close();
      put(name);
    };
    dialog.onclose = null;
    dialog.replaceChildren(
      el("h2", { id: "dialog-title" }, "Save the event as"),
      el(
        "form",
        { on: { submit } },
        el("label", { for: "event-name" }, "Name"),
        field,
        problem,
        el("div", { class: "row end" }, button("Cancel", () => dialog.close(), { class: "button quiet" }), el("button", { class: "button primary" }, "Save")),
      ),
    );
    dialog.showModal();
    field.select();
  }

  return { root, load: () => noting(load), buttons: [save, saveAs, remove], first, open };
}
