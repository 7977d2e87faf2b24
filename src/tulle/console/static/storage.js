/** Owns what this browser remembers of the page; a browser that remembers nothing is fine too. */

const PREFIX = "tulle:";

/** @param {string} name @returns {any} what was kept, or null */
export function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
  } catch {
    return null;
  }
}

/** @param {string} name @param {unknown} value null forgets it */
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Private windows and full storage refuse: the page works on, and forgets.
  }
}
