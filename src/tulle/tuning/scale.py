"""Owns the scales of a plot: where a value stands between two ends, and which values are marked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LinearScale", "LogScale", "linear_scale", "log_scale"]

_STEPS = (1, 2, 5, 10)
_NARROWEST = 0.1  # of the highest value: smaller differences are shown as small as they are


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearScale:
    """A scale on which equal differences are equally far apart."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Tell where a value stands, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)

    def ticks(self, most: int) -> tuple[float, ...]:
        """Choose round values to mark, at most so many."""
        rough = (self.high - self.low) / most
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(each * power for each in _STEPS if each * power >= rough)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return tuple(number * step for number in range(first, last + 1))[:most]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogScale:
    """A scale on which equal proportions are equally far apart."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Tell where a value stands, from 0 to 1."""
        return math.log(value / self.low) / math.log(self.high / self.low)

    def ticks(self, most: int) -> tuple[float, ...]:
        """Choose round values to mark, at most so many."""
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        inside: list[float] = []
        for steps in ((1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
            marked = [step * 10.0**power for power in powers for step in steps]
            inside = [value for value in marked if self.low <= value <= self.high]
            if len(inside) <= most:
                return tuple(inside)
        return tuple(inside[:: -(-len(inside) // most)])


def linear_scale(values: Sequence[float]) -> LinearScale:
    """Make a scale that holds all values, with a margin."""
    low, high = min(values), max(values)
    lacking = max(_NARROWEST * (high or 1.0) - (high - low), 0) / 2
    margin = 0.12 * (high - low) + lacking
    return LinearScale(low=max(low - margin, 0.0), high=high + margin)


def log_scale(values: Sequence[float]) -> LogScale:
    """Make a scale that holds all values, which are above 0, with a margin."""
    low, high = min(values), max(values)
    margin = max((high / low) ** 0.08, 1.1)
    return LogScale(low=low / margin, high=high * margin)
