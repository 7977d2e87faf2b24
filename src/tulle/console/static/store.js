/** Owns what the page knows: the function, its invocations, its log, its environments. Who wants to hear of changes listens. */

/**
 * @typedef {import("./shapes.js").Invocation} Invocation
 * @typedef {import("./shapes.js").LogLine} LogLine
 * @typedef {"connection" | "function" | "snapshot" | "invocation" | "logs" | "environments" | "changed" | "load" | "call" | "kept"} Topic
 */

const MOST_INVOCATIONS = 200;
const MOST_LINES = 2000;

export class Store {
  constructor() {
    /** @type {import("./shapes.js").FunctionFacts | null} */
    this.facts = null;
    /** @type {"connecting" | "live" | "lost"} */
    this.connection = "connecting";
    /** @type {Map<string, Invocation>} by id, the oldest first */
    this.invocations = new Map();
    /** @type {LogLine[]} */
    this.logs = [];
    this.environments = { busy: 0, idle: 0 };
    /** @type {import("./shapes.js").Call | null} the call that this page made last */
    this.call = null;
    /** @type {Map<Topic, Set<(detail: any) => void>>} */
    this._listeners = new Map();
  }

  /** @param {Topic} topic @param {(detail: any) => void} listener @returns {() => void} that ends it */
  on(topic, listener) {
    const listeners = this._listeners.get(topic) ?? new Set();
    this._listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** @param {Topic} topic @param {any} [detail] */
  tell(topic, detail) {
    for (const listener of [...(this._listeners.get(topic) ?? [])]) listener(detail);
  }

  /** @param {"connecting" | "live" | "lost"} connection */
  connect(connection) {
    if (connection === this.connection) return;
    this.connection = connection;
    this.tell("connection", connection);
  }

  /** @param {import("./shapes.js").Snapshot} snapshot */
  take(snapshot) {
    this.invocations = new Map(snapshot.invocations.map((invocation) => [invocation.id, invocation]));
    this.logs = snapshot.logs;
    this.environments = snapshot.environments;
    this.tell("snapshot");
    this.tell("environments", this.environments);
    if (snapshot.load) this.tell("load", snapshot.load);
  }

  /** @param {Invocation} invocation */
  put(invocation) {
    this.invocations.set(invocation.id, invocation);
    const [oldest] = this.invocations.keys();
    if (this.invocations.size > MOST_INVOCATIONS) this.invocations.delete(oldest);
    this.tell("invocation", invocation);
  }

  /** @param {LogLine} line */
  log(line) {
    this.logs.push(line);
    if (this.logs.length > MOST_LINES) this.logs.splice(0, this.logs.length - MOST_LINES);
    this.tell("logs", line);
  }

  /** @param {{busy: number, idle: number}} environments */
  count(environments) {
    this.environments = environments;
    this.tell("environments", environments);
  }

  /** @param {import("./shapes.js").Call} call */
  called(call) {
    this.call = call;
    this.tell("call", call);
  }

  /** @param {string} requestId @returns {LogLine[]} */
  linesOf(requestId) {
    return this.logs.filter((line) => line.request_id === requestId);
  }

  /**
   * Wait for an invocation; what happened before counts too.
   * @param {(invocation: Invocation) => boolean} wanted
   * @param {number} patienceMs
   * @returns {Promise<Invocation | null>} null where it did not come
   */
  find(wanted, patienceMs) {
    return this._wait("invocation", [...this.invocations.values()], wanted, patienceMs);
  }

  /**
   * Wait for a line of the log; what was said before counts too.
   * @param {(line: LogLine) => boolean} wanted
   * @param {number} patienceMs
   * @returns {Promise<LogLine | null>} null where it did not come
   */
  heard(wanted, patienceMs) {
    return this._wait("logs", this.logs, wanted, patienceMs);
  }

  /**
   * @template T
   * @param {Topic} topic
   * @param {T[]} known
   * @param {(thing: T) => boolean} wanted
   * @param {number} patienceMs
   * @returns {Promise<T | null>}
   */
  _wait(topic, known, wanted, patienceMs) {
    const already = known.findLast(wanted);
    if (already) return Promise.resolve(already);
    return new Promise((resolve) => {
      const end = (/** @type {T | null} */ found) => {
        clearTimeout(timer);
        stop();
        resolve(found);
      };
      const stop = this.on(topic, (thing) => wanted(thing) && end(thing));
      const timer = setTimeout(() => end(null), patienceMs);
    });
  }
}
