"""Owns how often a model is right: accuracy, precision and recall by category, the confusion matrix."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tulle.evaluation.answers import Answer

__all__ = ["Averages", "CategoryFigures", "Figures", "count_figures"]

# The normal distribution's two-sided 95 % point.
_Z = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryFigures:
    """How a model does on one category.

    Attributes:
        category: the label.
        pictures: how many pictures show it (the support).
        said: how many pictures the model says it of.
        right: how many are both.
        precision: of what it says, how much is so; None where it never says it.
        recall: of what is so, how much it says; None where no picture shows it.
        f1: the harmonic mean of both; None where no picture shows it and the model never says it.
    """

    category: str
    pictures: int
    said: int
    right: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Averages:
    """Means over the categories that pictures show; a precision that is None counts as 0."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How often a model is right.

    Attributes:
        pictures: how many it answered.
        right: how many of them rightly.
        accuracy: the share of those.
        accuracy_low: lower end of the accuracy's 95 % interval (Wilson): what so few pictures leave open.
        accuracy_high: its upper end.
        averages: the categories' means.
        categories: one for each label, in the model's order.
        confusion: for each label, how many of its pictures were said to be each label.
    """

    pictures: int
    right: int
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    averages: Averages
    categories: tuple[CategoryFigures, ...]
    confusion: tuple[tuple[int, ...], ...]


def count_figures(labels: Sequence[str], answers: Sequence[Answer]) -> Figures:
    """Count how often a model is right.

    Args:
        labels: the model's, each once.
        answers: at least one, each of a category that is a label.
    """
    pairs = Counter((answer.category, answer.said) for answer in answers)
    shown = Counter(answer.category for answer in answers)
    said = Counter(answer.said for answer in answers)
    categories = tuple(
        _category(label, shown[label], said[label], pairs[label, label]) for label in labels
    )
    right = sum(category.right for category in categories)
    low, high = _wilson_interval(right, len(answers))
    return Figures(
        pictures=len(answers),
        right=right,
        accuracy=right / len(answers),
        accuracy_low=low,
        accuracy_high=high,
        averages=_averages([category for category in categories if category.pictures]),
        categories=categories,
        confusion=tuple(tuple(pairs[label, other] for other in labels) for label in labels),
    )


def _category(label: str, pictures: int, said: int, right: int) -> CategoryFigures:
    return CategoryFigures(
        category=label,
        pictures=pictures,
        said=said,
        right=right,
        precision=right / said if said else None,
        recall=right / pictures if pictures else None,
        f1=2 * right / (pictures + said) if pictures + said else None,
    )


def _averages(categories: Sequence[CategoryFigures]) -> Averages:
    count = len(categories)
    return Averages(
        precision=sum(category.precision or 0 for category in categories) / count,
        recall=sum(category.recall or 0 for category in categories) / count,
        f1=sum(category.f1 or 0 for category in categories) / count,
    )


def _wilson_interval(right: int, count: int) -> tuple[float, float]:
    share, square = right / count, _Z * _Z / count
    middle = share + square / 2
    half = _Z * math.sqrt(share * (1 - share) / count + square / (4 * count))
    low, high = (middle - half) / (1 + square), (middle + half) / (1 + square)
    return max(0.0, low), min(1.0, high)
