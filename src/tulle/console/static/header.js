/** Owns the header: which function this is, how busy it is, and whether the page still hears of it. */

import { announce, note } from "./announce.js";
import { byId, el } from "./elements.js";

const MOST_DOTS = 16;
const GATEWAYS = { http: "HTTP API", rest: "REST API", url: "Function URL", none: "no gateway" };
const STATES = { connecting: "connecting", live: "live", lost: "lost, trying again" };

/** @param {import("./store.js").Store} store */
export function startHeader(store) {
  showFunction(store);
  showConnection(store);
  showEnvironments(store);
  store.on("function", () => showFunction(store));
  store.on("environments", () => showEnvironments(store));
  store.on("connection", (state) => {
    showConnection(store);
    if (state === "lost") announce("The connection to tulle dev is lost. Trying again.");
  });
  store.on("changed", ({ names }) => {
    const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
    note(`Changed: ${names.slice(0, 3).join(", ")}${more}. The next call runs the new code.`);
  });
}

/** @param {import("./store.js").Store} store */
function showFunction({ facts }) {
  if (!facts) return;
  byId("name").textContent = facts.name;
  document.title = `${facts.name} · tulle dev`;
  const routes = facts.gateway.routes.map(({ method, path }) => (method === "ANY" ? path : `${method} ${path}`));
  const gateway = [GATEWAYS[facts.gateway.type], ...routes.slice(0, 2)].join(" ") + (routes.length > 2 ? " …" : "");
  const entries = [`${facts.memory_mb} MB`, `${facts.timeout_s} s`, gateway, facts.kind === "handler" && facts.handler, `${facts.runtime} ${facts.architecture}`];
  byId("facts").replaceChildren(...entries.filter(Boolean).map((entry) => el("li", {}, entry)));
}

/** @param {import("./store.js").Store} store */
function showConnection({ connection }) {
  const shown = byId("connection");
  shown.className = `connection ${connection}`;
  byId("connection-word").textContent = STATES[connection];
}

/** @param {import("./store.js").Store} store */
function showEnvironments({ environments: { busy, idle }, facts }) {
  const most = facts?.concurrency ?? 0;
  byId("environments").title = `Execution environments: ${busy} busy, ${idle} idle, ${most} at most`;
  byId("environments-word").textContent = `${busy} busy, ${idle} idle`;
  const dots = most > MOST_DOTS ? [] : Array.from({ length: most }, (_, index) => el("i", { class: index < busy ? "busy" : index < busy + idle ? "idle" : "none" }));
  byId("dots").replaceChildren(...dots);
}
