"""Owns `EventSettings`: for how long, and how often, an event is tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.errors import InvalidFunction

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["AGE_LIMITS_S", "RETRY_LIMITS", "EventSettings"]

RETRY_LIMITS = (0, 2)
AGE_LIMITS_S = (60, 21600)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSettings:
    """What Lambda calls a function's event invoke config, and what is of the local Lambda alone.

    Args:
        maximum_retries: how often an event on which the function failed is tried again; None is as
            often as Lambda does unless told otherwise.
        maximum_age_s: how old an event may become; None is as old as Lambda lets it.
        retry_waits_s: what passes before the first retry, and before the second. On Lambda it is
            one minute, then two.
        room_wait_s: what passes before an event asks again whether there is room for it to run.
            On Lambda it begins with a second and grows to five minutes.
        dead_letter_file: gets what is given up; None keeps nothing.
    """

    maximum_retries: int | None = None
    maximum_age_s: int | None = None
    retry_waits_s: tuple[float, float] = (1.0, 2.0)
    room_wait_s: float = 0.05
    dead_letter_file: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what Lambda would refuse."""
        if not RETRY_LIMITS[0] <= self.retries <= RETRY_LIMITS[1]:
            raise InvalidFunction(
                f"{self.retries} retries of an event are not on offer",
                hint=f"choose from {RETRY_LIMITS[0]} to {RETRY_LIMITS[1]}",
            )
        if not AGE_LIMITS_S[0] <= self.age_s <= AGE_LIMITS_S[1]:
            raise InvalidFunction(
                f"a maximum age of {self.age_s} s is not on offer",
                hint=f"choose from {AGE_LIMITS_S[0]} to {AGE_LIMITS_S[1]} seconds",
            )

    @property
    def retries(self) -> int:
        """How often an event is tried again, Lambda's default included."""
        return RETRY_LIMITS[1] if self.maximum_retries is None else self.maximum_retries

    @property
    def age_s(self) -> int:
        """How old an event may become, Lambda's default included."""
        return AGE_LIMITS_S[1] if self.maximum_age_s is None else self.maximum_age_s
