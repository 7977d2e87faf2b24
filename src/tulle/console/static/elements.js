/** Owns making elements. Text goes in as text: nothing that a function says can become markup. */

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Record<string, unknown>} Attributes  `on` holds listeners, `vars` CSS properties; null and false are left out
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an HTML element.
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function el(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/**
 * Make an SVG element.
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
function svg(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * Show a drawing of `icons.svg`.
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const drawing = svg("use", { href: `/_tulle/static/icons.svg#${name}` });
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, drawing);
}

/**
 * Make a button.
 * @param {Child | Child[]} content
 * @param {(event: MouseEvent) => void} onClick
 * @param {Attributes} [attributes]
 * @returns {HTMLButtonElement}
 */
export function button(content, onClick, attributes = {}) {
  return el("button", { type: "button", class: "button", on: { click: onClick }, ...attributes }, content);
}

/**
 * Make a disclosure that is closed until asked for.
 * @param {Child} summary
 * @param {...(Child | Child[])} children
 * @returns {HTMLDetailsElement}
 */
export function disclosure(summary, ...children) {
  return el("details", { class: "disclosure" }, el("summary", {}, summary), ...children);
}

/**
 * Make a text that may scroll, which then must be reachable by keyboard.
 * @param {string} label
 * @param {Child | Child[]} content
 * @returns {HTMLPreElement}
 */
export function block(label, content) {
  return el("pre", { class: "block", tabindex: "0", role: "region", "aria-label": label }, content);
}

/**
 * Give the element of the page that has an id; it is part of index.html.
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element '${id}'`);
  return found;
}

/**
 * @param {Element} element
 * @param {Attributes} attributes
 * @param {(Child | Child[])[]} children
 */
function furnish(element, attributes, children) {
  const { on = {}, vars = {}, ...plain } = /** @type {any} */ (attributes);
  for (const [name, value] of Object.entries(plain)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, /** @type {any} */ (listener));
  for (const [name, value] of Object.entries(vars)) {
    /** @type {HTMLElement} */ (element).style.setProperty(name, String(value));
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}
