"""Owns the records of the platform's events, in the schema of the Telemetry API and in that of the Logs API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tulle.emulator.function import runtime_version_arn
from tulle.emulator.invocation import Status
from tulle.emulator.outcome import Answer, Overrun, conclude

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tulle.emulator.extensions.extension import Extension
    from tulle.emulator.function import Function
    from tulle.emulator.invocation import Report, Request
    from tulle.emulator.outcome import Conclusion, Outcome

    Record = Mapping[str, object]

__all__ = [
    "extension",
    "fault",
    "for_logs_api",
    "init_report",
    "init_runtime_done",
    "init_start",
    "report",
    "runtime_done",
    "start",
]

_ON_DEMAND = {"initializationType": "on-demand"}


def init_start(function: Function, log_stream: str, phase: str) -> Record:
    """Tell that the environment starts."""
    runtime = {
        "runtimeVersion": function.runtime.replace("python", "python:") + ".v0",
        "runtimeVersionArn": runtime_version_arn(),
    }
    return {
        **_ON_DEMAND,
        "phase": phase,
        **(runtime if function.image is None else {}),
        "functionName": function.name,
        "functionVersion": "$LATEST",
        "instanceId": log_stream,
        "instanceMaxMemory": function.memory_mb * 1024 * 1024,
    }


def init_runtime_done(phase: str, failure: Outcome | None) -> Record:
    """Tell that the runtime is ready, or that it is not."""
    return {**_ON_DEMAND, "phase": phase, **_status(failure)}


def init_report(phase: str, failure: Outcome | None, duration_ms: float) -> Record:
    """Tell how the start went."""
    metrics = {"durationMs": round(duration_ms, 3)}
    return {**_ON_DEMAND, "phase": phase, **_status(failure), "metrics": metrics}


def extension(one: Extension) -> Record:
    """Tell where an extension stands when the start is over."""
    error = {"errorType": one.error_type} if one.error_type else {}
    return {"name": one.name, "state": str(one.state), "events": sorted(one.events), **error}


def start(request: Request) -> Record:
    """Tell that an invocation begins."""
    return {"requestId": request.request_id, "version": "$LATEST", **_tracing(request)}


def runtime_done(request: Request, outcome: Outcome, duration_ms: float) -> Record:
    """Tell that the runtime is done with an invocation."""
    produced_bytes = len(outcome.body) if isinstance(outcome, Answer) else 0
    return {
        "requestId": request.request_id,
        **_status(None if isinstance(outcome, Answer) else outcome),
        "metrics": {"durationMs": round(duration_ms, 3), "producedBytes": produced_bytes},
        **_tracing(request),
    }


def report(request: Request, told: Report) -> Record:
    """Tell how an invocation went."""
    metrics: dict[str, object] = {
        "durationMs": round(told.duration_ms, 3),
        "billedDurationMs": told.billed_duration_ms,
        "memorySizeMB": told.memory_size_mb,
        "maxMemoryUsedMB": told.max_memory_used_mb,
    }
    if told.init_duration_ms is not None:
        metrics["initDurationMs"] = round(told.init_duration_ms, 3)
    error = {"errorType": told.error_type} if told.error_type else {}
    return {
        "requestId": told.request_id,
        "status": str(told.status),
        "metrics": metrics,
        **error,
        **_tracing(request),
    }


def fault(conclusion: Conclusion) -> str | None:
    """Write what the platform found wrong with an invocation, if it did; the older schema alone has it."""
    if conclusion.status is Status.SUCCESS:
        return None
    told = json.loads(conclusion.payload)
    message = told.get("errorMessage") if isinstance(told, dict) else None
    if isinstance(message, str) and message.startswith("RequestId: "):
        return f"{message}\n{conclusion.error_type}"
    return None


def for_logs_api(
    kind: str, record: Record | str, schema_version: str
) -> list[tuple[str, Record | str]]:
    """Put an event into the schema of the Logs API, which has others, and less in them."""
    if isinstance(record, str):
        return [(kind, record)]
    if kind in {"platform.extension", "platform.logsSubscription"}:
        return [(kind, record)]
    request = {"requestId": record.get("requestId")}
    if kind == "platform.start":
        return [(kind, {**request, "version": record["version"]})]
    if kind == "platform.report":
        return [("platform.end", request), (kind, {**request, "metrics": record["metrics"]})]
    if kind == "platform.runtimeDone" and schema_version != "2020-08-15":
        # Its own words for how an invocation can end: success, failure, timeout.
        status = "failure" if record["status"] == "error" else record["status"]
        return [(kind, {**request, "status": status})]
    return []


def _status(failure: Outcome | None) -> Record:
    if failure is None:
        return {"status": "success"}
    if isinstance(failure, Overrun):
        return {"status": "timeout"}
    error_type = conclude(failure, request_id="", timeout_s=0).error_type
    return {"status": "error", "errorType": error_type}


def _tracing(request: Request) -> Record:
    return {"tracing": {"type": "X-Amzn-Trace-Id", "value": request.trace_id}}
