/** Owns where the time of a call went: what took how long, one after the other. */

import { el } from "./elements.js";
import { duration } from "./format.js";

/** @typedef {import("./shapes.js").Call} Call */
/** @typedef {{name: string, ms: number, note: string}} Stage */

/** @type {Record<string, string>} */
const NOTES = {
  init: "a new environment starts and loads the code",
  fetch: "the picture comes from its server",
  decode: "the picture becomes pixels",
  infer: "the model looks at them",
  handler: "the function's own code",
};

/** @param {Call} call @returns {{stages: Stage[], total: number} | null} null where nothing was measured */
function readStages({ invocation, answer, wall_ms }) {
  const report = invocation?.report;
  const timings = answer?.timings ?? invocation?.timings;
  const init = report?.init_duration_ms ?? 0;
  const known = timings ? Object.entries(timings) : report ? [["handler", report.duration_ms]] : [];
  const inside = known.reduce((sum, [, ms]) => sum + Number(ms), init);
  const total = Math.max(inside, wall_ms ?? init + (report?.duration_ms ?? 0));
  if (!known.length && !init) return null;
  const left = total - inside;
  const stages = [...(init ? [["init", init]] : []), ...known, ...(left > 0.005 ? [["overhead", left]] : [])];
  const rest = timings ? "what else the handler does" : "";
  const way = wall_ms === null ? "" : "the way there and back";
  const overhead = [rest, way].filter(Boolean).join(", ");
  return {
    total,
    stages: stages.map(([name, ms]) => ({ name: String(name), ms: Number(ms), note: NOTES[name] ?? (name === "overhead" ? overhead : "") })),
  };
}

/** @param {Call} call @returns {HTMLElement | null} */
export function timelineView(call) {
  const read = readStages(call);
  if (!read) return null;
  const { stages, total } = read;
  let from = 0;
  const rows = stages.map(({ name, ms, note }) => {
    const vars = { "--from": from / total, "--width": ms / total };
    from += ms;
    return el(
      "li",
      { class: `stage stage-${name}`, vars },
      el("span", { class: "stage-name" }, name),
      el("span", { class: "stage-track", "aria-hidden": "true" }, el("span", { class: "stage-bar" })),
      el("span", { class: "stage-ms" }, duration(ms)),
      note && el("span", { class: "stage-note" }, note),
    );
  });
  return el(
    "section",
    { class: "card timeline" },
    el(
      "div",
      { class: "card-head" },
      el("h3", {}, "Where the time went"),
      el("p", { class: "figure" }, duration(total), " ", el("span", { class: "figure-note" }, call.wall_ms === null ? "in the function" : "there and back")),
    ),
    el("ol", { class: "stages" }, rows),
  );
}
