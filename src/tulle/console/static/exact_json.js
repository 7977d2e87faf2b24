/** Owns JSON read and written again with every number as it stood there, where the browser can do so. */

const { rawJSON } = /** @type {{rawJSON?: (source: string) => object}} */ (/** @type {unknown} */ (JSON));

/** @type {WeakMap<object, Map<string, string>>} numbers that JavaScript writes otherwise, such as `1.0`, by where they stand */
const written = new WeakMap();

/**
 * Read JSON. Numbers are numbers, but for whole ones that JavaScript cannot hold, and those that stand alone.
 * @param {string} text
 * @param {any} [otherwise] what is given where it is none
 * @returns {any}
 */
export function parse(text, otherwise = null) {
  try {
    return JSON.parse(text, rawJSON ? /** @type {any} */ (exact) : undefined);
  } catch {
    return otherwise;
  }
}

/**
 * Write JSON.
 * @param {unknown} value
 * @param {{replacer?: (key: string, value: any) => any, space?: number}} [options] as of JSON.stringify
 * @returns {string}
 */
export function stringify(value, { replacer = (_key, value) => value, space } = {}) {
  /** @this {any} @param {string} key @param {any} value */
  function asWritten(key, value) {
    const source = written.get(this)?.get(key);
    return source && rawJSON ? rawJSON(source) : replacer(key, value);
  }
  return JSON.stringify(value, asWritten, space) ?? "null";
}

/**
 * @this {any} what holds the value
 * @param {string} key
 * @param {any} value
 * @param {{source: string}} context
 */
function exact(key, value, { source }) {
  if (typeof value !== "number" || String(value) === source || !rawJSON) return value;
  const alone = key === "" || Object.hasOwn(this, "result_cut"); // of an invocation: its event, or its result
  if (alone || (Number.isInteger(value) && !Number.isSafeInteger(value))) return rawJSON(source);
  const numbers = written.get(this) ?? new Map();
  written.set(this, numbers.set(key, source));
  return value;
}
