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

__all__ = ["Exchange", "Outcome", "Record", "exchange_of"]


_TIMING = re.compile(r"([\w-]{1,40})(?:;[^,]*?)?;dur=(\d{1,9}(?:\.\d{1,9})?)")
_HEADER_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an invocation ended."""

    result: Excerpt
    error_type: str | None
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What the gateway answered, and the times that the function gave with it."""

    gateway_id: str
    method: str
    path: str
    status: int
    content_type: str | None
    request_bytes: int
    timings: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One invocation. It never began where it has no environment.

    Args:
        attempts: how often it began; an asynchronous call may begin more than once.
    """

    request_id: str
    began_at_ms: int
    source: Source = Source.HTTP
    environment: str | None = None
    cold: bool = False
    attempts: int = 0
    event: Excerpt | None = None
    outcome: Outcome | None = None
    exchange: Exchange | None = None

    @property
    def is_running(self) -> bool:
        """Tell whether its end is still to come."""
        return self.environment is not None and self.outcome is None

    def to_json(self, price: Callable[[Record, Report], Json]) -> dict[str, Json]:
        """Describe it for the page."""
        event, outcome = self.event, self.outcome
        return {
            "id": self.request_id,
            "environment": self.environment,
            "cold": self.cold,
            "began_at_ms": self.began_at_ms,
            "state": self._state,
            "source": self.source,
            "attempts": self.attempts,
            "event": None if event is None else event.value,
            "event_cut": event is not None and event.is_cut,
            "result": None if outcome is None else outcome.result.value,
            "result_cut": outcome is not None and outcome.result.is_cut,
            "error_type": None if outcome is None else outcome.error_type,
            "report": None if outcome is None else _report(outcome.report),
            "timings": self._timings,
            "http": self._http,
            "cost": None if outcome is None else price(self, outcome.report),
        }

    @property
    def _state(self) -> str:
        if self.environment is None:
            return "refused"
        return "running" if self.outcome is None else "done"

    @property
    def _timings(self) -> Json:
        if self.exchange is not None:
            return dict(self.exchange.timings) or None
        if self.outcome is None:
            return None
        return dict(_timings(_headers_of(self.outcome.result.value))) or None

    @property
    def _http(self) -> Json:
        exchange = self.exchange
        if exchange is None:
            return None
        return {
            "gateway_id": exchange.gateway_id,
            "method": exchange.method,
            "path": exchange.path,
            "status": exchange.status,
            "content_type": exchange.content_type,
        }


def exchange_of(answered: HttpAnswered) -> Exchange:
    """Read what a gateway told of its answer."""
    headers = {name.lower(): value for name, value in answered.headers}
    return Exchange(
        gateway_id=answered.gateway_id,
        method=answered.method,
        path=answered.path,
        status=answered.status,
        content_type=headers.get("content-type"),
        request_bytes=answered.request_bytes,
        timings=_timings(headers.get("server-timing", "")),
    )


def _headers_of(result: Json) -> str:
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
