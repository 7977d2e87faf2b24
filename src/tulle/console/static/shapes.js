/** Owns the shapes of what the server tells, and of what the page makes of it. Types only: nothing here runs. */

/**
 * @typedef {object} FunctionFacts
 * @property {string} name
 * @property {string} arn
 * @property {string} handler
 * @property {string} runtime
 * @property {string} client
 * @property {number} memory_mb
 * @property {number} timeout_s
 * @property {number} concurrency
 * @property {string} architecture
 * @property {"model" | "handler"} kind
 * @property {string[] | null} labels
 * @property {[number, number] | null} input_size
 * @property {{type: "http" | "rest" | "url" | "none", routes: {method: string, path: string}[], picture_route: string | null, headers: Record<string, string>}} gateway  headers: its API key, where it wants one
 * @property {string} url
 * @property {string} region
 * @property {string} version
 */

/**
 * @typedef {object} Report
 * @property {number} duration_ms
 * @property {number} billed_duration_ms
 * @property {number | null} init_duration_ms
 * @property {number} max_memory_used_mb
 * @property {number} memory_size_mb
 * @property {string | null} status
 */

/**
 * @typedef {object} Cost
 * @property {number} call_usd
 * @property {number} million_usd of warm calls
 * @property {number} million_free_usd with Lambda's free tier
 * @property {string} region
 * @property {string} architecture
 * @property {string} rates_date
 * @property {{what: string, call_usd: number, million_usd: number}[]} parts
 */

/**
 * @typedef {object} Invocation
 * @property {string} id
 * @property {string | null} environment null where it was refused
 * @property {boolean} cold
 * @property {number} began_at_ms
 * @property {"running" | "done" | "refused"} state
 * @property {string} source
 * @property {any} event
 * @property {boolean} event_cut
 * @property {any} result
 * @property {boolean} result_cut
 * @property {string | null} error_type
 * @property {Report | null} report
 * @property {Record<string, number> | null} timings
 * @property {{gateway_id: string, method: string, path: string, status: number, content_type: string | null} | null} http
 * @property {Cost | null} cost
 * @property {number} [attempts] of an asynchronous call, which is tried again when it fails
 */

/** @typedef {{environment: string, request_id: string | null, line: string, at_ms: number}} LogLine */

/** @typedef {[number, number, "ok" | "error" | "throttled", boolean]} Sample  at and latency in ms, outcome, cold */

/**
 * @typedef {object} Load
 * @property {string} id
 * @property {"running" | "done" | "stopped"} state
 * @property {number} requests
 * @property {number} concurrency
 * @property {number} done
 * @property {number} errors
 * @property {number} throttled
 * @property {number} started_at_ms
 * @property {Sample[]} samples
 * @property {[number, number, number][]} environments
 * @property {number | null} p50_ms
 * @property {number | null} p90_ms
 * @property {number | null} p99_ms
 * @property {number | null} max_ms
 * @property {number | null} per_second
 * @property {{error_type: string, message: string} | null} [first_error]
 */

/** @typedef {{invocations: Invocation[], logs: LogLine[], environments: {busy: number, idle: number}, load: Load | null}} Snapshot */

/** @typedef {{blob: Blob, name: string}} Picture */

/**
 * What was asked for, so that it can be asked again and written as code.
 * @typedef {{kind: "picture", picture: Picture} | {kind: "url", url: string} | {kind: "event", text: string}} Question
 */

/**
 * One call, with all that is known of it.
 * @typedef {object} Call
 * @property {Question | null} question
 * @property {Invocation | null} invocation
 * @property {number | null} wall_ms as the browser measured it
 * @property {{status: number, type: string, body: any, timings: Record<string, number> | null, id: string | null} | null} answer over HTTP
 */

export {};
