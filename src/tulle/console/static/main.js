/** Owns the start of the page: it asks which function is served, and puts the parts together. */

import { get } from "./api.js";
import { startCodeTab } from "./code_tab.js";
import { byId, el } from "./elements.js";
import { startEventTab } from "./event_tab.js";
import { startHeader } from "./header.js";
import { startHistoryTab } from "./history_tab.js";
import { startLoadTab } from "./load_tab.js";
import { startLogsTab } from "./logs_tab.js";
import { Store } from "./store.js";
import { startStream } from "./stream.js";
import { startTabs } from "./tabs.js";
import { startTheme } from "./theme.js";
import { startTryTab } from "./try_tab.js";

const TABS = [
  { id: "try", title: "Try" },
  { id: "event", title: "Event" },
  { id: "logs", title: "Logs" },
  { id: "history", title: "History" },
  { id: "load", title: "Load" },
  { id: "code", title: "Code" },
];

startTheme();
start().catch((error) => {
  const again = el("button", { type: "button", class: "button", on: { click: () => location.reload() } }, "Try again");
  byId("failed").replaceChildren(el("h2", {}, "The page cannot start"), el("p", {}, `${error.message} ${error.hint ?? ""}`), again);
  byId("failed").hidden = false;
});

async function start() {
  const store = new Store();
  store.facts = /** @type {import("./shapes.js").FunctionFacts} */ (await get("function"));
  startHeader(store);
  startStream(store);
  const isModel = store.facts.kind === "model";
  if (isModel) startTryTab(store, byId("try"));
  const event = startEventTab(store, byId("event"));
  const logs = startLogsTab(store, byId("logs"));
  startLoadTab(store, byId("load"), { editorText: event.text });
  startCodeTab(store, byId("code"));
  const tabs = startTabs(TABS.filter(({ id }) => isModel || id !== "try"), (id) => id === "logs" && logs.follow());
  startHistoryTab(store, byId("history"), {
    onEvent: (text) => {
      tabs.show("event");
      event.open(text);
    },
  });
  document.body.classList.add("ready");
}
