"""Owns `Trial`: how a function did at one memory size, and `Timing`: what many durations come to."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Timing", "Trial", "discarded", "median_timing", "trimmed_timing"]

# What AWS Lambda Power Tuning leaves out unless told otherwise (README-EXECUTE.md, discardTopBottom).
_DISCARDED = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What durations come to.

    Args:
        typical_ms: the one to reckon with.
        low_ms: together with `high_ms`, how far they spread.
        billed_ms: what Lambda bills of such a call in the mean: each is rounded up to a millisecond.
        count: how many there were.
    """

    typical_ms: float
    low_ms: float
    high_ms: float
    billed_ms: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a function did, or would do, at a memory size.

    Args:
        warm: its duration in a warm environment; None where Lambda ended it before that.
        cold: init and first duration together, which whoever calls has to wait for; None where no call
            met a cold start.
        max_memory_used_mb: the most memory that it held.
        problem: why this size cannot be taken; None where it can.
    """

    memory_mb: int
    warm: Timing | None
    cold: Timing | None
    max_memory_used_mb: int
    problem: str | None = None


def median_timing(durations_ms: Sequence[float]) -> Timing:
    """Take the median of at least one duration, and the quartiles as its spread."""
    quartiles = (
        statistics.quantiles(durations_ms, n=4, method="inclusive")
        if len(durations_ms) > 1
        else [durations_ms[0]] * 3
    )
    return Timing(
        typical_ms=quartiles[1],
        low_ms=quartiles[0],
        high_ms=quartiles[2],
        billed_ms=_mean_billed(durations_ms),
        count=len(durations_ms),
    )


def discarded(count: int) -> int:
    """Tell how many of so many durations are left out at either end."""
    return int(count * _DISCARDED)


def trimmed_timing(durations_ms: Sequence[float]) -> Timing:
    """Take the mean of durations without the fastest and the slowest fifth, as AWS Lambda Power Tuning does.

    The spread is that of what remains. Of fewer than five nothing is left out.
    """
    kept = _without_outliers(durations_ms)
    return Timing(
        typical_ms=statistics.fmean(kept),
        low_ms=kept[0],
        high_ms=kept[-1],
        billed_ms=_mean_billed(durations_ms),
        count=len(durations_ms),
    )


def _mean_billed(durations_ms: Sequence[float]) -> float:
    return statistics.fmean(map(math.ceil, _without_outliers(durations_ms)))


def _without_outliers(durations_ms: Sequence[float]) -> list[float]:
    left_out = discarded(len(durations_ms))
    return sorted(durations_ms)[left_out : len(durations_ms) - left_out]
