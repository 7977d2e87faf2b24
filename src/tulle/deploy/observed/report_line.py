"""Owns reading REPORT lines: what Lambda says of each invocation, in either of its log formats.

Fields: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html and, for JSON,
https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ReportLine", "read_report"]

_FIELD = re.compile(r"([A-Z][\w ]*?): ([^\t]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """What one invocation took.

    Args:
        billed_ms: what is paid for, the start included.
        init_ms: how long a new execution environment took to start, or to be restored; None where one was there.
        status: `success`, `error` or `timeout`, as the platform saw it; a handler's own exception is a `success`.
        error_type: what ended it, such as `Runtime.OutOfMemory`.
    """

    request_id: str
    duration_ms: float
    billed_ms: float
    memory_size_mb: int
    max_memory_used_mb: int
    init_ms: float | None = None
    status: str = "success"
    error_type: str | None = None

    @property
    def is_cold(self) -> bool:
        """Tell whether an execution environment had to start for it."""
        return self.init_ms is not None


def read_report(message: str) -> ReportLine | None:
    """Read a line of the log; None where it is no REPORT, or one of which nothing can be read."""
    text = message.strip()
    try:
        if text.startswith("REPORT RequestId:"):
            return _from_text(text)
        if text.startswith("{") and "platform.report" in text:
            return _from_json(json.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return None


def _from_text(text: str) -> ReportLine:
    fields = dict(_FIELD.findall(text.removeprefix("REPORT ")))
    init = fields.get("Init Duration") or fields.get("Restore Duration")
    return ReportLine(
        request_id=fields["RequestId"].strip(),
        duration_ms=_number(fields["Duration"]),
        billed_ms=_number(fields["Billed Duration"]),
        memory_size_mb=int(_number(fields["Memory Size"])),
        max_memory_used_mb=int(_number(fields["Max Memory Used"])),
        init_ms=None if init is None else _number(init),
        status=fields.get("Status", "success").strip(),
        error_type=(fields.get("Error Type") or "").strip() or None,
    )


def _from_json(content: Mapping[str, Any]) -> ReportLine | None:
    if content["type"] != "platform.report":
        return None
    record = content["record"]
    metrics = record["metrics"]
    init = metrics.get("initDurationMs", metrics.get("restoreDurationMs"))
    return ReportLine(
        request_id=record["requestId"],
        duration_ms=float(metrics["durationMs"]),
        billed_ms=float(metrics["billedDurationMs"]),
        memory_size_mb=int(metrics["memorySizeMB"]),
        max_memory_used_mb=int(metrics["maxMemoryUsedMB"]),
        init_ms=None if init is None else float(init),
        status=str(record.get("status", "success")),
        error_type=record.get("errorType"),
    )


def _number(text: str) -> float:
    """Read `3.01 ms` or `128 MB`."""
    return float(text.split(maxsplit=1)[0])
