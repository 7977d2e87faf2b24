"""Owns calibration: whether a model that is sure of 80 % is right in 80 % of such cases.

The expected calibration error is that of Guo et al., "On Calibration of Modern Neural Networks" (2017): the scores
of what the model said, in 15 bins of equal width, each closed above.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tulle.evaluation.answers import Answer

__all__ = ["Bin", "Calibration", "calibrate"]

_BINS = 15
_ROUNDING = 1e-6  # how far a sum of 32-bit floats may miss 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The answers whose score lies above `low` and not above `high`.

    Attributes:
        low: lower end of the scores.
        high: upper end.
        pictures: how many there are.
        score: their mean score; None where there are none.
        accuracy: the share that is right; None where there are none.
    """

    low: float
    high: float
    pictures: int
    score: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How far scores are from how often they are right: their mean distance (ECE), and the bins that it is of."""

    ece: float
    bins: tuple[Bin, ...]


def calibrate(answers: Sequence[Answer]) -> Calibration | None:
    """Compare scores with how often they are right; None where the scores are not probabilities."""
    if any(not 0 <= answer.score <= 1 + _ROUNDING for answer in answers):
        return None
    members: list[list[Answer]] = [[] for _ in range(_BINS)]
    for answer in answers:
        index = math.ceil(answer.score * _BINS) - 1
        members[min(max(index, 0), _BINS - 1)].append(answer)
    bins = tuple(_bin(index, inside) for index, inside in enumerate(members))
    distance = sum(
        abs(sum(answer.score for answer in inside) - sum(answer.is_right for answer in inside))
        for inside in members
    )
    return Calibration(ece=distance / len(answers), bins=bins)


def _bin(index: int, inside: Sequence[Answer]) -> Bin:
    count = len(inside)
    return Bin(
        low=index / _BINS,
        high=(index + 1) / _BINS,
        pictures=count,
        score=sum(answer.score for answer in inside) / count if count else None,
        accuracy=sum(answer.is_right for answer in inside) / count if count else None,
    )
