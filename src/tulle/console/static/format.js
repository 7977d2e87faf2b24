/** Owns how figures read: times, shares, sizes, money, moments. */

import { stringify } from "./exact_json.js";

/** @param {number} ms @returns {string} such as `4.2 ms`, `38 ms` or `1.24 s` */
export function duration(ms) {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;
}

/** @param {number} value between 0 and 1 @returns {string} such as `99.87 %` */
export function share(value) {
  if (value > 0 && value < 0.0001) return "< 0.01 %";
  if (value < 1 && value >= 0.99995) return "> 99.99 %";
  return `${(value * 100).toFixed(2)} %`;
}

/** @param {number} bytes @returns {string} such as `4.2 MB` */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** @param {number} usd @returns {string} with two digits that say something, `$2.47` or `$0.0000025` */
export function money(usd) {
  if (usd === 0) return "$0";
  if (usd >= 0.995) return `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  const digits = Math.min(12, 1 - Math.floor(Math.log10(usd)));
  return `$${usd.toFixed(Math.max(2, digits))}`;
}

/** @param {number} value @returns {string} with commas between thousands */
export function count(value) {
  return value.toLocaleString("en-US");
}

/** @param {number} unixMs @returns {string} the time of day, `14:03:07` */
export function timeOfDay(unixMs) {
  return new Date(unixMs).toLocaleTimeString("en-GB");
}

/** @param {string} requestId @returns {string} enough of it to tell one from another */
export function shortId(requestId) {
  return requestId.slice(0, 8);
}

/**
 * @param {unknown} value
 * @param {(key: string, value: any) => any} [replacer] as of JSON.stringify
 * @returns {string} JSON for people
 */
export function pretty(value, replacer) {
  return stringify(value, { replacer, space: 2 });
}
