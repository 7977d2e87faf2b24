"""Owns `History`: the last invocations and the last lines of the log, as they were told."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from tulle.console.excerpt import take_excerpt
from tulle.console.message import Message
from tulle.console.record import Outcome, Record, exchange_of
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


class History:
    """Remembers what it hears, up to a limit; what runs is never forgotten before it ends.

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
        self._lines: deque[dict[str, Json]] = deque(maxlen=_LOG_LINES)
        self._environments: dict[str, Json] = {"busy": 0, "idle": 0}

    def invocation(self, request_id: str) -> dict[str, Json]:
        """Describe an invocation that is remembered."""
        return self._records[request_id].to_json(self._price)

    def snapshot(self) -> dict[str, Json]:
        """Describe all that is remembered."""
        return {
            "invocations": [record.to_json(self._price) for record in self._records.values()],
            "logs": list(self._lines),
            "environments": dict(self._environments),
        }

    def hear(self, happening: Happening) -> Message | None:
        """Remember what happened, and give what the page is to be told of it, if anything."""
        match happening:
            case Began() | Ended() | HttpAnswered():
                return self._keep(self._change(happening))
            case Logged():
                return self._log(happening)
            case EnvironmentsCounted(busy=busy, idle=idle):
                self._environments = {"busy": busy, "idle": idle}
                return self._message("environments", **self._environments)
            case FilesChanged(names=names):
                return self._message("changed", names=list(names))

    def _change(self, happening: Began | Ended | HttpAnswered) -> Record | None:
        match happening:
            case Began():
                return self._begun(happening)
            case Ended():
                return self._ended(happening)
            case HttpAnswered():
                return self._answered(happening)

    def _begun(self, began: Began) -> Record:
        before = self._record(began.request.request_id)
        return replace(
            before,
            source=began.request.source,
            environment=began.environment,
            cold=began.cold,
            attempts=before.attempts + 1,
            event=take_excerpt(began.request.payload),
            outcome=None,
        )

    def _ended(self, ended: Ended) -> Record:
        invocation = ended.invocation
        outcome = Outcome(
            result=take_excerpt(invocation.payload),
            error_type=invocation.error_type,
            report=invocation.report,
        )
        before = self._record(invocation.request_id)
        return replace(before, environment=ended.environment, outcome=outcome)

    def _answered(self, answered: HttpAnswered) -> Record | None:
        if answered.request_id not in self._records and answered.status < 400:
            return None  # the gateway's own answer to a CORS preflight is no invocation
        before = self._record(answered.request_id)
        return replace(before, exchange=exchange_of(answered))

    def _record(self, request_id: str) -> Record:
        known = self._records.get(request_id)
        return known or Record(request_id=request_id, began_at_ms=self._now_ms())

    def _keep(self, record: Record | None) -> Message | None:
        if record is None:
            return None
        self._records[record.request_id] = record
        if len(self._records) > _INVOCATIONS:
            records = self._records.values()
            old = next((each for each in records if not each.is_running), record)
            if old is not record:
                del self._records[old.request_id]
        return Message(event="invocation", content=lambda: record.to_json(self._price))

    def _log(self, logged: Logged) -> Message:
        line = logged.line
        if len(line) > _LINE_LIMIT:
            line = f"{line[:_LINE_LIMIT]}… ({len(line):,} characters)"
        entry: dict[str, Json] = {
            "environment": logged.environment,
            "request_id": logged.request_id,
            "line": line,
            "at_ms": self._now_ms(),
        }
        self._lines.append(entry)
        return Message(event="log", content=lambda: entry)

    def _message(self, event: str, **content: Json) -> Message:
        content["at_ms"] = self._now_ms()
        return Message(event=event, content=lambda: content)

    def _now_ms(self) -> int:
        return int(self._now_s() * 1000)
