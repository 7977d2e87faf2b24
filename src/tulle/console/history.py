"""Owns `History`: the last invocations and the last lines of the log, as they were told."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from tulle.console.excerpt import take_excerpt
from tulle.console.record import Record
from tulle.emulator.happening import (
    Began,
    Ended,
    EnvironmentsCounted,
    FilesChanged,
    HttpAnswered,
    Logged,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.console.json_text import Json
    from tulle.emulator.happening import Happening
    from tulle.emulator.invocation import Report

__all__ = ["History"]

_INVOCATIONS = 200
_LOG_LINES = 2000
_LINE_LIMIT = 8000
_HEADER_LIMIT = 1000


class History:
    """Remembers what it hears, up to a limit; what runs is never forgotten before it ends.

    To hear costs little, for every invocation waits for it; words are found when somebody asks.

    Args:
        now_s: tells the Unix time in seconds.
        price: prices an invocation.
    """

    def __init__(
        self, *, now_s: Callable[[], float], price: Callable[[Record, Report], Json]
    ) -> None:
        self._now_s = now_s
        self._price = price
        self._records: dict[str, Record] = {}  # the newest is the last
        self._lines: deque[tuple[Logged, float]] = deque(maxlen=_LOG_LINES)
        self._count = EnvironmentsCounted(busy=0, idle=0)

    def hear(self, happening: Happening) -> None:
        """Remember what happened."""
        match happening:
            case Logged():
                self._lines.append((_bounded_line(happening), self._now_s()))
            case EnvironmentsCounted():
                self._count = happening
            case Began():
                self._begin(happening)
            case Ended(invocation=invocation):
                record = self._record(invocation.request_id)
                record.outcome = invocation.error_type, invocation.report
                record.result = take_excerpt(invocation.payload)
            case HttpAnswered(request_id=request_id, status=status):
                # The gateway's own answer to a CORS preflight is no invocation.
                if request_id in self._records or status >= 400:
                    self._record(request_id).answered = _bounded_headers(happening)
            case FilesChanged():
                pass  # this is told, and not remembered

    def describe(self, happening: Happening) -> Json:
        """Give what a page is told of something that was just heard; None where that is nothing."""
        match happening:
            case Logged():
                return _describe_line(*self._lines[-1])
            case EnvironmentsCounted():
                return {**self._environments, "at_ms": int(self._now_s() * 1000)}
            case Began(request=request):
                return self.invocation(request.request_id)
            case Ended(invocation=invocation):
                return self.invocation(invocation.request_id)
            case HttpAnswered(request_id=request_id):
                return self.invocation(request_id) if request_id in self._records else None
            case FilesChanged(names=names):
                return {"names": list(names), "at_ms": int(self._now_s() * 1000)}

    def invocation(self, request_id: str) -> dict[str, Json]:
        """Describe an invocation that is remembered."""
        return self._records[request_id].to_json(self._price)

    def snapshot(self) -> dict[str, Json]:
        """Describe all that is remembered."""
        return {
            "invocations": [record.to_json(self._price) for record in self._records.values()],
            "logs": [_describe_line(logged, at_s) for logged, at_s in self._lines],
            "environments": self._environments,
        }

    def _begin(self, began: Began) -> None:
        record = self._record(began.request.request_id)
        record.source = began.request.source
        record.environment = began.environment
        record.cold = began.cold
        record.attempts += 1
        record.event = take_excerpt(began.request.payload)
        record.outcome = record.result = None

    def _record(self, request_id: str) -> Record:
        known = self._records.get(request_id)
        if known is not None:
            return known
        if len(self._records) >= _INVOCATIONS:
            records = self._records.values()
            old = next((each for each in records if not each.is_running), None)
            if old is not None:
                del self._records[old.request_id]
        record = Record(request_id=request_id, began_s=self._now_s())
        self._records[request_id] = record
        return record

    @property
    def _environments(self) -> dict[str, Json]:
        return {"busy": self._count.busy, "idle": self._count.idle}


def _bounded_line(logged: Logged) -> Logged:
    line = logged.line
    if len(line) <= _LINE_LIMIT:
        return logged
    return replace(logged, line=f"{line[:_LINE_LIMIT]}… ({len(line):,} characters)")


def _bounded_headers(answered: HttpAnswered) -> HttpAnswered:
    """Leave out what is not shown; a function may answer with megabytes of headers."""
    shown = tuple(
        (name, value[:_HEADER_LIMIT])
        for name, value in answered.headers
        if name.lower() in {"content-type", "server-timing"}
    )
    return replace(answered, headers=shown)


def _describe_line(logged: Logged, at_s: float) -> Json:
    return {
        "environment": logged.environment,
        "request_id": logged.request_id,
        "line": logged.line,
        "at_ms": int(at_s * 1000),
    }
