"""Owns the prediction: how a function that was measured here would do at a memory size on Lambda."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tulle.pricing.cpu_share import cpu_share
from tulle.tuning.trial import Trial, median_timing

if TYPE_CHECKING:
    from tulle.tuning.measurement import ColdStart, Effort, Measurement

__all__ = ["HEADROOM", "predict", "predicted_ms", "too_small"]

HEADROOM = 1.2
"""How much more than it was seen to hold a function must have: other pictures may be larger."""

_INIT_LIMIT_MS = 10_000
"""An init that takes longer is begun again within the first invocation (AWS: execution environment lifecycle)."""


def predicted_ms(effort: Effort, memory_mb: int) -> float:
    """Predict how long a piece of work takes at a memory size.

    Lambda gives processor time in proportion to the memory. With less than a whole processor all the work is
    slowed down; with more than one, only what several threads do at once is sped up.
    """
    share = cpu_share(memory_mb)
    return effort.waiting_ms + effort.serial_ms / min(share, 1.0) + effort.parallel_ms / share


def predict(measurement: Measurement, *, memory_mb: int, timeout_s: int) -> Trial:
    """Predict a function's durations at a memory size, and whether it can live with it."""
    starts_ms = [_cold_ms(start, memory_mb) for start in measurement.cold]
    calls_ms = [
        *(call_ms for _, call_ms in starts_ms),
        *(predicted_ms(effort, memory_mb) for effort in measurement.warm),
    ]
    return Trial(
        memory_mb=memory_mb,
        warm=median_timing([predicted_ms(effort, memory_mb) for effort in measurement.warm]),
        cold=median_timing([all_ms for all_ms, _ in starts_ms]) if starts_ms else None,
        max_memory_used_mb=measurement.max_memory_used_mb,
        problem=_problem(measurement, memory_mb, slowest_ms=max(calls_ms), timeout_s=timeout_s),
    )


def too_small(held_mb: int, memory_mb: int) -> str | None:
    """Say why a memory size is too small for a function that held so much; None where it is not."""
    needed_mb = math.ceil(held_mb * HEADROOM)
    if memory_mb >= needed_mb:
        return None
    return f"too small: it held {held_mb} MB, and should have {needed_mb}"


def _cold_ms(start: ColdStart, memory_mb: int) -> tuple[float, float]:
    """Give how long a cold start takes in all, and how much of it is on the invocation's time."""
    init_ms, call_ms = predicted_ms(start.init, memory_mb), predicted_ms(start.first, memory_mb)
    if init_ms > _INIT_LIMIT_MS:
        return _INIT_LIMIT_MS + init_ms + call_ms, init_ms + call_ms
    return init_ms + call_ms, call_ms


def _problem(
    measurement: Measurement, memory_mb: int, *, slowest_ms: float, timeout_s: int
) -> str | None:
    if problem := too_small(measurement.max_memory_used_mb, memory_mb):
        return problem
    if slowest_ms > timeout_s * 1000:
        return f"too slow: a call may take {slowest_ms / 1000:.0f} s, and the time limit is {timeout_s} s"
    return None
