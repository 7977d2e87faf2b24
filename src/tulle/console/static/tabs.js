/** Owns the tabs: one panel at a time, chosen by click, by arrow keys or by the address. */

import { byId, el } from "./elements.js";

/**
 * @param {{id: string, title: string}[]} tabs in their order
 * @param {(id: string) => void} onShow
 */
export function startTabs(tabs, onShow) {
  const list = byId("tabs");
  const buttons = tabs.map(({ id, title }) =>
    el("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": id, on: { click: () => show(id, { push: true }) } }, title),
  );
  list.replaceChildren(...buttons);
  list.addEventListener("keydown", pressed);
  addEventListener("popstate", showAddress);
  show(tabs[0].id);
  showAddress();

  /** An address that names no tab, such as the one that skips to the content, changes nothing. */
  function showAddress() {
    const wanted = location.hash.slice(1);
    if (tabs.some(({ id }) => id === wanted)) show(wanted);
  }

  /** @param {string} id @param {{push?: boolean}} [options] push: whether "back" leads back */
  function show(id, { push = false } = {}) {
    tabs.forEach((tab, index) => {
      const chosen = tab.id === id;
      buttons[index].setAttribute("aria-selected", String(chosen));
      buttons[index].tabIndex = chosen ? 0 : -1;
      byId(tab.id).hidden = !chosen;
      if (chosen) buttons[index].scrollIntoView({ block: "nearest", inline: "nearest" });
    });
    if (push && location.hash !== `#${id}`) history.pushState(null, "", `#${id}`);
    if (push) scrollToTop();
    onShow(id);
  }

  /** Whoever had scrolled the panel before sees the new one from its top, below the tabs. */
  function scrollToTop() {
    const top = byId("main").offsetTop - list.offsetHeight;
    if (scrollY > top) scrollTo(0, top);
  }

  /** @param {KeyboardEvent} event */
  function pressed(event) {
    const now = tabs.findIndex((_, index) => buttons[index].getAttribute("aria-selected") === "true");
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const index = (next + tabs.length) % tabs.length;
    show(tabs[index].id, { push: true });
    buttons[index].focus();
  }

  return { show: (/** @type {string} */ id) => show(id, { push: true }) };
}
