"""Owns reading a function's log while it grows: in order, nothing lost, and nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tulle.aws.logs import LogEvent

__all__ = ["OVERLAP_MS", "follow"]

_PAUSE_S = 2.0
OVERLAP_MS = 60_000
"""So long after newer ones an event may still come: each execution environment sends its own, when it pleases."""


class _Logs(Protocol):
    def events(
        self, group: str, *, since_ms: int, until_ms: int | None = None, pattern: str | None = None
    ) -> Iterator[LogEvent]: ...


def follow(
    logs: _Logs,
    group: str,
    *,
    since_ms: int,
    pattern: str | None,
    sleep: Callable[[float], None],
) -> Iterator[LogEvent]:
    """Give a group's events from a moment on, and then each that comes, without end.

    What came late is given late, rather than not at all.

    Args:
        logs: CloudWatch Logs.
        group: the group's name.
        since_ms: the first millisecond.
        pattern: what must be in an event; None takes all.
        sleep: how time passes between two looks.

    Raises:
        AwsError: the group is not there, or cannot be read.
    """
    given: dict[str, int] = {}
    newest_ms = start_ms = since_ms
    while True:
        found = logs.events(group, since_ms=start_ms, pattern=pattern)
        fresh = [event for event in found if event.id not in given]
        for event in sorted(fresh, key=lambda event: event.at_ms):
            given[event.id] = event.at_ms
            newest_ms = max(newest_ms, event.at_ms)
            yield event
        start_ms = max(since_ms, newest_ms - OVERLAP_MS)
        given = {known: at_ms for known, at_ms in given.items() if at_ms >= start_ms}
        sleep(_PAUSE_S)
