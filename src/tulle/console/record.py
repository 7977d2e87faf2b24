"""Owns `Record`: what the console knows of one invocation, and how the page is told of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.emulator.invocation import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.console.excerpt import Excerpt
    from tulle.console.json_text import Json
    from tulle.emulator.happening import HttpAnswered
    from tulle.emulator.invocation import Report

__all__ = ["Record"]


_TIMING = re.compile(r"([\w-]{1,40})(?:;[^,]*?)?;dur=(\d{1,9}(?:\.\d{1,9})?)")
_HEADER_LIMIT = 1000


@dataclass(slots=True, kw_only=True)
class Record:
    """One invocation, of which more becomes known. It never began where it has no environment.

    Args:
        began_s: the Unix time.
        attempts: how often it began; an asynchronous call may begin more than once.
        outcome: the type of its error, if it has one, and its report, when it has ended.
        answered: what the gateway answered, if it came through one.
    """

    request_id: str
    began_s: float
    source: Source = Source.HTTP
    environment: str | None = None
    cold: bool = False
    attempts: int = 0
    event: Excerpt | None = None
    result: Excerpt | None = None
    outcome: tuple[str | None, Report] | None = None
    answered: HttpAnswered | None = None

    @property
    def is_running(self) -> bool:
        """Tell whether its end is still to come."""
        return self.environment is not None and self.outcome is None

    def to_json(self, price: Callable[[Record, Report], Json]) -> dict[str, Json]:
        """Describe it for the page."""
        error_type, report = self.outcome or (None, None)
        event, result = self.event, self.result
        return {
            "id": self.request_id,
            "environment": self.environment,
            "cold": self.cold,
            "began_at_ms": int(self.began_s * 1000),
            "state": self._state,
            "source": self.source,
            "attempts": self.attempts,
            "event": None if event is None else event.value,
            "event_cut": event is not None and event.is_cut,
            "result": None if result is None else result.value,
            "result_cut": result is not None and result.is_cut,
            "error_type": error_type,
            "report": None if report is None else _report(report),
            "timings": dict(_timings(self._server_timing)) or None,
            "http": None if self.answered is None else _http(self.answered),
            "cost": None if report is None else price(self, report),
        }

    @property
    def _state(self) -> str:
        if self.environment is None:
            return "refused"
        return "running" if self.outcome is None else "done"

    @property
    def _server_timing(self) -> str:
        if self.answered is not None:
            return _header(self.answered, "server-timing") or ""
        return "" if self.result is None else _server_timing_of(self.result.value)


def _http(answered: HttpAnswered) -> Json:
    return {
        "gateway_id": answered.gateway_id,
        "method": answered.method,
        "path": answered.path,
        "status": answered.status,
        "content_type": _header(answered, "content-type"),
    }


def _header(answered: HttpAnswered, wanted: str) -> str | None:
    return next((value for name, value in answered.headers if name.lower() == wanted), None)


def _server_timing_of(result: Json) -> str:
    """Find the Server-Timing in a result that is an HTTP response, though no gateway read it."""
    match result:
        case {"statusCode": _, "headers": dict(headers)}:
            found = [value for name, value in headers.items() if name.lower() == "server-timing"]
            return found[0] if found and isinstance(found[0], str) else ""
        case _:
            return ""


def _timings(header: str) -> tuple[tuple[str, float], ...]:
    found = _TIMING.findall(header[:_HEADER_LIMIT])
    return tuple((name, float(duration)) for name, duration in found)


def _report(report: Report) -> Json:
    return {
        "duration_ms": round(report.duration_ms, 2),
        "billed_duration_ms": report.billed_duration_ms,
        "init_duration_ms": report.init_duration_ms and round(report.init_duration_ms, 2),
        "max_memory_used_mb": report.max_memory_used_mb,
        "memory_size_mb": report.memory_size_mb,
        "status": report.status,
    }
