"""Following a log: what comes late or at once is given once, in order, and nothing is forgotten."""

from __future__ import annotations

import random
from itertools import islice
from typing import TYPE_CHECKING

from tulle.aws.logs import LogEvent
from tulle.deploy.observed.log_stream import OVERLAP_MS, follow

if TYPE_CHECKING:
    from collections.abc import Iterator


class GrowingLog:
    """A group in which events appear while somebody sleeps.

    Args:
        rounds: what is there at first, and what comes in each pause: the ids and moments of events.
    """

    def __init__(self, *rounds: list[tuple[str, int]]) -> None:
        self.rounds = list(rounds)
        self.there: list[tuple[str, int]] = self.rounds.pop(0)
        self.asked_since: list[int] = []

    def events(
        self, group: str, *, since_ms: int, until_ms: int | None = None, pattern: str | None = None
    ) -> Iterator[LogEvent]:
        assert (group, until_ms, pattern) == ("shop", None, "pants")
        self.asked_since.append(since_ms)
        for name, at_ms in self.there:
            if at_ms >= since_ms:
                yield LogEvent(id=name, at_ms=at_ms, stream="a", message=name)

    def sleep(self, _: float) -> None:
        if not self.rounds:
            raise KeyboardInterrupt
        self.there = self.there + self.rounds.pop(0)

    def followed(self, since_ms: int = 0) -> list[str]:
        seen: list[str] = []
        events = follow(self, "shop", since_ms=since_ms, pattern="pants", sleep=self.sleep)
        try:
            seen.extend(event.id for event in events)
        except KeyboardInterrupt:
            return seen
        raise AssertionError("following ended by itself")


def test_each_comes_once_and_in_order() -> None:
    log = GrowingLog([("b", 2), ("a", 1)], [], [("d", 4), ("c", 3)], [("e", 4)])
    assert log.followed() == ["a", "b", "c", "d", "e"]


def test_what_was_before_is_left_out() -> None:
    assert GrowingLog([("a", 1), ("b", 2)], [("late", 1), ("c", 3)]).followed(since_ms=2) == [
        "b",
        "c",
    ]


def test_what_comes_late_is_given_late() -> None:
    late = 100_000
    log = GrowingLog([("a", late)], [("b", late - OVERLAP_MS)], [("c", late + 1)])
    assert log.followed() == ["a", "b", "c"]


def test_what_is_long_past_is_not_asked_for_again() -> None:
    log = GrowingLog([("a", 10)], [("b", 10 + 3 * OVERLAP_MS)], [])
    log.followed(since_ms=5)
    assert log.asked_since == [5, 5, 10 + 2 * OVERLAP_MS]


def test_many_at_the_same_moment_from_many_environments() -> None:
    chance = random.Random(7)
    rounds = [
        [(f"{turn}-{number}", turn * 1000 + chance.randrange(2000)) for number in range(200)]
        for turn in range(30)
    ]
    everything = sorted(name for events in rounds for name, _ in events)
    followed = GrowingLog(*rounds).followed()
    assert sorted(followed) == everything
    assert len(set(followed)) == len(followed)


def test_it_begins_before_it_has_read_all() -> None:
    log = GrowingLog([("a", 1), ("b", 2)])
    first = islice(follow(log, "shop", since_ms=0, pattern="pants", sleep=log.sleep), 1)
    assert [event.id for event in first] == ["a"]
