/** Owns the two plots of a load run, on canvases: latency, and the environments beneath it on the same axis of time. */

import { el } from "./elements.js";

/** @typedef {import("./shapes.js").Sample} Sample */

const LEFT = 52;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 22;

/** @param {string} label @param {string} className */
function canvas(label, className) {
  return el("canvas", { class: className, role: "img", "aria-label": label });
}

export class LoadPlots {
  constructor() {
    this.latency = canvas("Latency of each request over time", "plot tall");
    this.counts = canvas("Environments over time", "plot");
    /** @type {Sample[]} */
    this.samples = [];
    /** @type {[number, number, number][]} */
    this.environments = [];
    this._asked = false;
    new ResizeObserver(() => this.draw()).observe(this.latency);
    document.addEventListener("themechange", () => this.draw());
  }

  clear() {
    this.samples = [];
    this.environments = [];
    this.draw();
  }

  /** @param {Sample[]} samples @param {[number, number, number][]} environments */
  add(samples, environments) {
    this.samples.push(...samples);
    this.environments.push(...environments);
    this.draw();
  }

  /** Draw with the next frame, once for all that came until then. */
  draw() {
    if (this._asked) return;
    this._asked = true;
    requestAnimationFrame(() => {
      this._asked = false;
      const end = nice(Math.max(100, ...last(this.samples, 0), ...last(this.environments, 0)));
      drawLatency(this.latency, this.samples, end);
      const [latest = 0] = last(this.samples, 0);
      drawEnvironments(this.counts, this.environments, { end, latest });
    });
  }
}

/** @param {HTMLCanvasElement} plot @param {Sample[]} samples @param {number} end */
function drawLatency(plot, samples, end) {
  const colours = readColours(plot);
  const highest = nice(samples.reduce((most, [, ms]) => Math.max(most, ms), 1));
  const frame = axes(plot, end, highest, milliseconds);
  if (!frame) return;
  const { context, x, y } = frame;
  for (const [at, ms, outcome, cold] of samples) {
    context.lineWidth = 1.25;
    context.fillStyle = context.strokeStyle = outcome === "ok" ? (cold ? colours.ink : colours.accent) : outcome === "error" ? colours.bad : colours.muted;
    context.globalAlpha = cold || outcome !== "ok" ? 1 : 0.6;
    context.beginPath();
    if (outcome === "ok") {
      context.arc(x(at), y(ms), cold ? 3.5 : 2, 0, 7);
      if (cold) context.stroke();
      else context.fill();
    } else {
      cross(context, x(at), y(ms));
    }
  }
  context.globalAlpha = 1;
}

/**
 * @param {HTMLCanvasElement} plot
 * @param {[number, number, number][]} counts
 * @param {{end: number, latest: number}} times latest: until when the last count holds, at least
 */
function drawEnvironments(plot, counts, { end, latest }) {
  const colours = readColours(plot);
  const most = counts.reduce((highest, [, busy, idle]) => Math.max(highest, busy + idle), 1);
  const frame = axes(plot, end, Math.max(2, most), (value) => (Number.isInteger(value) ? String(value) : ""));
  if (!frame) return;
  const { context, x, y } = frame;
  const area = (/** @type {(entry: [number, number, number]) => number} */ height, /** @type {string} */ colour, /** @type {number} */ alpha) => {
    if (!counts.length) return;
    context.beginPath();
    context.moveTo(x(counts[0][0]), y(0));
    let level = 0;
    for (const entry of counts) {
      context.lineTo(x(entry[0]), y(level));
      level = height(entry);
      context.lineTo(x(entry[0]), y(level));
    }
    const until = x(Math.max(latest, counts.at(-1)?.[0] ?? 0));
    context.lineTo(until, y(level));
    context.lineTo(until, y(0));
    context.globalAlpha = alpha;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
  };
  area(([, busy, idle]) => busy + idle, colours.muted, 0.28);
  area(([, busy]) => busy, colours.accent, 0.75);
}

/**
 * Clear a canvas, draw its lines and their figures, and give what places points on it.
 * @param {HTMLCanvasElement} plot
 * @param {number} end
 * @param {number} highest
 * @param {(value: number) => string} figure
 */
function axes(plot, end, highest, figure) {
  const { width, height } = plot.getBoundingClientRect();
  const context = plot.getContext("2d");
  if (!width || !context) return null;
  plot.width = Math.round(width * devicePixelRatio);
  plot.height = Math.round(height * devicePixelRatio);
  context.scale(devicePixelRatio, devicePixelRatio);
  const colours = readColours(plot);
  const x = (/** @type {number} */ at) => LEFT + (at / end) * (width - LEFT - RIGHT);
  const y = (/** @type {number} */ value) => height - BOTTOM - (value / highest) * (height - TOP - BOTTOM);
  context.font = `11px ${getComputedStyle(plot).fontFamily}`;
  context.fillStyle = colours.muted;
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  for (const part of [0, 0.5, 1]) {
    const level = Math.round(y(highest * part)) + 0.5;
    context.beginPath();
    context.moveTo(LEFT, level);
    context.lineTo(width - RIGHT, level);
    context.stroke();
    context.textAlign = "right";
    context.fillText(part === 0 ? "0" : figure(highest * part), LEFT - 8, level + 4);
    context.textAlign = part === 0 ? "left" : part === 1 ? "right" : "center";
    context.fillText(part === 0 ? "0 s" : seconds(end * part), x(end * part), height - 4);
  }
  return { context, x, y };
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y */
function cross(context, x, y) {
  context.moveTo(x - 3, y - 3);
  context.lineTo(x + 3, y + 3);
  context.moveTo(x + 3, y - 3);
  context.lineTo(x - 3, y + 3);
  context.lineWidth = 1.5;
  context.stroke();
}

/** @param {Element} element */
function readColours(element) {
  const style = getComputedStyle(element);
  const read = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return { ink: read("--ink"), muted: read("--muted"), line: read("--line"), accent: read("--accent"), bad: read("--bad") };
}

/** @param {number[][] | Sample[]} entries @param {number} index @returns {number[]} of the last entry, if there is one */
function last(entries, index) {
  const entry = entries.at(-1);
  return entry ? [Number(entry[index])] : [];
}

/** @param {number} value @returns {number} the next round one */
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}

/** @param {number} ms */
function milliseconds(ms) {
  return ms >= 1000 ? seconds(ms) : `${Number(ms.toPrecision(3))} ms`;
}

/** @param {number} ms */
function seconds(ms) {
  return `${Number((ms / 1000).toFixed(ms < 1000 ? 2 : 1))} s`;
}
