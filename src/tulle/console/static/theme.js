/** Owns light and dark: as the system has it, until the toggle is used; then as it was left. */

import { byId } from "./elements.js";
import { recall, remember } from "./storage.js";

const system = matchMedia("(prefers-color-scheme: dark)");

/** Show the theme that was chosen, and let the toggle change it. */
export function startTheme() {
  const toggle = byId("theme");
  show(toggle);
  system.addEventListener("change", () => show(toggle));
  toggle.addEventListener("click", () => {
    const next = current() === "dark" ? "light" : "dark";
    remember("theme", next === (system.matches ? "dark" : "light") ? null : next);
    show(toggle);
  });
}

/** @returns {"light" | "dark"} */
function current() {
  const chosen = recall("theme");
  if (chosen === "light" || chosen === "dark") return chosen;
  return system.matches ? "dark" : "light";
}

/** @param {HTMLElement} toggle */
function show(toggle) {
  const theme = current();
  document.documentElement.dataset.theme = theme;
  toggle.setAttribute("aria-pressed", String(theme === "dark"));
  document.dispatchEvent(new Event("themechange"));
}
