"""Owns reading a function's log: what each entry is, in either of Lambda's log formats.

Formats: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tulle.deploy.observed.report_line import ReportLine, read_report

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Kind", "LogLine", "read_log_line"]

_PLATFORM = re.compile(
    r"(?:START|END) RequestId: |(?:INIT_START|INIT_REPORT|RESTORE_START|RESTORE_REPORT) "
    r"|(?:EXTENSION|LOGS|TELEMETRY|IMAGE)\t|XRAY TraceId: "
)
_REQUEST_ID = re.compile(r"RequestId: ([\w-]+)")
# As Python's logging writes on Lambda, and AWS's client before a traceback.
_LEVELLED = re.compile(
    r"\[(?P<level>[A-Z]+)\](?:\t(?P<at>[\dT:.Z-]+)\t(?P<id>[\w-]+)\t|\s)(?P<text>.*)", re.DOTALL
)
_FAILED = re.compile(
    r"Task timed out after [\d.]+ seconds|^RequestId: \S+ Error: |\tStatus: (?:error|timeout)"
)


class Kind(StrEnum):
    """What an entry of the log is."""

    REPORT = "report"
    """What an invocation took."""
    PLATFORM = "platform"
    """Lambda's own, about starts and ends."""
    ERROR = "error"
    WARNING = "warning"
    TEXT = "text"
    """What the function wrote, of no or of a lower level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """An entry of the log.

    Args:
        text: for people; of several lines where it was written so.
        request_id: of the invocation; None where the entry does not say.
        report: what a REPORT says.
    """

    kind: Kind
    text: str
    request_id: str | None = None
    report: ReportLine | None = None


def read_log_line(message: str) -> LogLine:
    """Tell what an entry of the log is; what is of no known form is the function's own text."""
    if (report := read_report(message)) is not None:
        return LogLine(
            kind=Kind.REPORT, text=message.strip(), request_id=report.request_id, report=report
        )
    # AWS's client joins the lines of a traceback by carriage returns, and indents by no-break spaces.
    text = message.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").rstrip()
    return _from_json(text) or _from_text(text)


def _from_text(text: str) -> LogLine:
    found = _REQUEST_ID.search(text)
    request_id = found[1] if found else None
    if _FAILED.search(text):
        return LogLine(kind=Kind.ERROR, text=text, request_id=request_id)
    if _PLATFORM.match(text):
        return LogLine(kind=Kind.PLATFORM, text=text.replace("\t", "  "), request_id=request_id)
    levelled = _LEVELLED.fullmatch(text)
    if levelled:
        said = f"{levelled['level']}  {levelled['text'].strip()}"
        return LogLine(kind=_kind(levelled["level"]), text=said, request_id=levelled["id"])
    return LogLine(kind=Kind.TEXT, text=text)


def _from_json(text: str) -> LogLine | None:
    if not text.startswith("{"):
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    kind, record = content.get("type"), content.get("record")
    if isinstance(kind, str) and kind.startswith("platform.") and isinstance(record, dict):
        return _platform(kind.removeprefix("platform."), record)
    if isinstance(content.get("level") or content.get("log_level"), str):
        return _levelled(content)
    return None


def _platform(name: str, record: Mapping[str, Any]) -> LogLine:
    request_id = record.get("requestId")
    said = [
        f"{key}: {value}" for key, value in record.items() if not isinstance(value, dict | list)
    ]
    return LogLine(
        kind=Kind.ERROR
        if record.get("status") in {"error", "timeout", "failure"}
        else Kind.PLATFORM,
        text="  ".join([name, *said]),
        request_id=request_id if isinstance(request_id, str) else None,
    )


def _levelled(content: Mapping[str, Any]) -> LogLine:
    level = str(content.get("level") or content.get("log_level")).upper()
    message = content.get("message") or content.get("errorMessage") or ""
    if content.get("errorType"):
        message = f"{content['errorType']}: {content.get('errorMessage', message)}"
    trace = content.get("stackTrace") or ()
    lines = [f"{level}  {message}", *(str(line).rstrip("\n") for line in trace)]
    request_id = content.get("requestId") or content.get("AWSRequestId")
    return LogLine(
        kind=_kind(level),
        text="\n".join(lines),
        request_id=request_id if isinstance(request_id, str) else None,
    )


def _kind(level: str) -> Kind:
    if level in {"ERROR", "CRITICAL", "FATAL"}:
        return Kind.ERROR
    return Kind.WARNING if level in {"WARNING", "WARN"} else Kind.TEXT
