"""Owns `Event`: one asynchronous call, and what becomes of it after each attempt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tulle.emulator.asynchronous.settings import EventSettings
    from tulle.emulator.invocation import Invocation, Request

__all__ = ["Condition", "Event"]


class Condition(StrEnum):
    """Why an event is given up: Lambda's own words, and one for what only the local one does."""

    RETRIES_EXHAUSTED = "RetriesExhausted"
    EVENT_AGE_EXCEEDED = "EventAgeExceeded"
    STOPPED = "LocalLambdaStopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An asynchronous call on its way.

    Args:
        request: what the function gets at every attempt, its id included.
        came_s: the Unix time at which it came.
        attempts: how many were begun.
        last: how the last attempt that ended went.
    """

    request: Request
    came_s: float
    attempts: int = 0
    last: Invocation | None = None

    def next_step(self, settings: EventSettings, now_s: float) -> float | Condition:
        """Give the seconds until the next attempt, or why there is none.

        As on Lambda, an event that would be too old after the wait is given up before it.
        """
        if self.attempts > settings.retries:
            return Condition.RETRIES_EXHAUSTED
        wait_s = settings.retry_waits_s[self.attempts - 1]
        if self.is_too_old(settings, now_s + wait_s):
            return Condition.EVENT_AGE_EXCEEDED
        return wait_s

    def is_too_old(self, settings: EventSettings, now_s: float) -> bool:
        """Tell whether it is not to be tried any more at this time."""
        return now_s - self.came_s > settings.age_s
