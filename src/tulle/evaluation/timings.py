"""Owns how long a picture takes."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Timing", "summarise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds a picture: what half of them take at most, and what 95 % of them take at most."""

    median_ms: float
    p95_ms: float


def summarise(durations_ms: Sequence[float]) -> Timing:
    """Summarise durations, of which there is at least one."""
    ranked = sorted(durations_ms)
    return Timing(
        median_ms=statistics.median(ranked), p95_ms=ranked[math.ceil(0.95 * len(ranked)) - 1]
    )
