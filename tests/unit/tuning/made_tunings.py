"""Trials and tunings made by hand."""

from __future__ import annotations

from tulle.pricing.rates import find_rates
from tulle.target import Architecture
from tulle.tuning.recommendation import Strategy, recommend
from tulle.tuning.result import Origin, Tuning
from tulle.tuning.trial import Timing, Trial


def timing(typical_ms: float, *, billed_ms: float | None = None) -> Timing:
    return Timing(
        typical_ms=typical_ms,
        low_ms=typical_ms * 0.9,
        high_ms=typical_ms * 1.1,
        billed_ms=typical_ms if billed_ms is None else billed_ms,
        count=20,
    )


def trial(memory_mb: int, warm_ms: float, *, problem: str | None = None) -> Trial:
    return Trial(
        memory_mb=memory_mb,
        warm=timing(warm_ms),
        cold=timing(10 * warm_ms),
        max_memory_used_mb=60,
        problem=problem,
    )


def tuning(*trials: Trial, origin: Origin = Origin.MEASURED, current_mb: int = 512) -> Tuning:
    return Tuning(
        name="clothing-<dev>",
        origin=origin,
        recommendation=recommend(
            trials,
            find_rates("us-east-1"),
            architecture=Architecture.X86_64,
            strategy=Strategy.BALANCED,
        ),
        current_mb=current_mb,
        assumptions=("it is & was so",),
    )
