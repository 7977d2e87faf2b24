"""Owns how a deployed function's log looks in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tulle.deploy.observed.log_line import Kind, LogLine

if TYPE_CHECKING:
    from datetime import datetime

    from tulle.deploy.observed.report_line import ReportLine

__all__ = ["log_lines", "report_text"]

_COLOURS = {Kind.ERROR: "red", Kind.WARNING: "yellow"}
_SHORT_ID = 8  # characters; enough to tell the invocations of a screen apart


def log_lines(line: LogLine, at: datetime | None = None) -> list[str]:
    """Draw an entry of the log.

    Args:
        line: the entry.
        at: when it was written; None leaves that out.
    """
    moment = "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}  "
    indent = " " * len(moment)
    text = line.text if line.report is None else report_text(line.report)
    first, *rest = [_styled(line, each) for each in text.split("\n")]
    return [click.style(moment, dim=True) + first, *(indent + each for each in rest)]


def report_text(report: ReportLine) -> str:
    """Say in a line what an invocation took."""
    parts = [
        f"{report.duration_ms:.2f} ms",
        f"billed {report.billed_ms:.0f} ms",
        f"{report.max_memory_used_mb} of {report.memory_size_mb} MB",
    ]
    if report.init_ms is not None:
        parts.append(f"cold start {report.init_ms:.2f} ms")
    if report.status != "success":
        parts.append(f"{report.status} {report.error_type or ''}".strip())
    return f"REPORT {report.request_id[:_SHORT_ID]}  {', '.join(parts)}"


def _styled(line: LogLine, text: str) -> str:
    if line.report is not None:
        if line.report.status != "success":
            return click.style(text, fg="red")
        return click.style(text, fg="cyan" if line.report.is_cold else "green")
    if line.kind is Kind.PLATFORM:
        return click.style(text, dim=True)
    return click.style(text, fg=_COLOURS.get(line.kind))
