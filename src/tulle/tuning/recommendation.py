"""Owns `recommend`: which memory size is cheapest, fastest, or best in balance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from tulle.errors import TuningFailed
from tulle.pricing.rates import Priced
from tulle.target import Architecture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tulle.pricing.rates import Rates
    from tulle.tuning.trial import Trial

__all__ = ["MILLION", "NEAR", "Option", "Recommendation", "Strategy", "recommend"]

MILLION = 1_000_000
NEAR = 0.03
"""By how much two sizes must differ to be told apart: times are not known more exactly than this."""


class Strategy(StrEnum):
    """What the best memory size is best in."""

    COST = "cost"
    SPEED = "speed"
    BALANCED = "balanced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A trial, and what a million calls in warm environments cost at its size: memory and requests.

    Args:
        million_usd: by processor; empty where no call was warm. How fast the other processor is was not
            tried: its price is that of equal durations.
    """

    trial: Trial
    million_usd: Mapping[Architecture, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """What trials come to.

    Args:
        options: all trials, the smallest size first.
        best: the memory size in MB that each strategy takes.
        strategy: the one that was asked for.
        weight: of the cost in the balance, from 0 (only time counts) to 1 (only cost does).
        architecture: the processor whose price decides.
        region: whose rates they are.
        rates_date: that of the newest price list.
    """

    options: tuple[Option, ...]
    best: Mapping[Strategy, int]
    strategy: Strategy
    weight: float
    architecture: Architecture
    region: str
    rates_date: str

    @property
    def memory_mb(self) -> int:
        """The size to take."""
        return self.best[self.strategy]

    def option(self, memory_mb: int) -> Option:
        """Find the option of a size."""
        return next(option for option in self.options if option.trial.memory_mb == memory_mb)


def recommend(
    trials: Sequence[Trial],
    rates: Rates,
    *,
    architecture: Architecture,
    strategy: Strategy,
    weight: float = 0.5,
) -> Recommendation:
    """Find the best memory size among trials.

    Sizes whose cost, or time, differ by less than `NEAR` from the best count as equal in it: the cheapest is
    then the fastest of the cheap ones, the fastest the cheapest of the fast ones. The balance is that of AWS
    Lambda Power Tuning: the least sum of cost and time, each as a part of the highest, and weighted.

    Raises:
        TuningFailed: no size can be taken.
    """
    options = tuple(
        Option(trial=trial, million_usd=_million_usd(trial, rates))
        for trial in sorted(trials, key=lambda trial: trial.memory_mb)
    )
    usable = [option for option in options if option.trial.problem is None]
    if not usable:
        raise _none_usable(options)

    def cost(option: Option) -> float:
        return float(option.million_usd[architecture])

    def time(option: Option) -> float:
        return option.trial.warm.typical_ms if option.trial.warm else math.inf

    most, longest = max(map(cost, usable)), max(map(time, usable))

    def balance(option: Option) -> float:
        return weight * cost(option) / most + (1 - weight) * time(option) / longest

    best = {
        Strategy.COST: min(_near_best(usable, cost), key=time),
        Strategy.SPEED: min(_near_best(usable, time), key=cost),
        Strategy.BALANCED: min(usable, key=balance),
    }
    return Recommendation(
        options=options,
        best={name: option.trial.memory_mb for name, option in best.items()},
        strategy=strategy,
        weight=weight,
        architecture=architecture,
        region=rates.region,
        rates_date=rates.date,
    )


def _million_usd(trial: Trial, rates: Rates) -> dict[Architecture, Decimal]:
    if trial.warm is None:
        return {}
    billed_s = Decimal(str(trial.warm.billed_ms)) / 1000
    gb_s = MILLION * billed_s * trial.memory_mb / 1024
    asked_usd = rates.tariffs[Priced.REQUESTS].cost_usd(Decimal(MILLION))
    return {
        architecture: rates.tariffs[Priced.compute(architecture)].cost_usd(gb_s) + asked_usd
        for architecture in Architecture
    }


def _near_best(options: Sequence[Option], figure: Callable[[Option], float]) -> list[Option]:
    best = min(map(figure, options))
    return [option for option in options if figure(option) <= best * (1 + NEAR)]


def _none_usable(options: Sequence[Option]) -> TuningFailed:
    return TuningFailed(
        "none of the memory sizes that were tried suits the function",
        hint="try larger ones: --memory 2048,3008,5120",
        detail="\n".join(
            f"{option.trial.memory_mb} MB: {option.trial.problem}" for option in options
        ),
    )
