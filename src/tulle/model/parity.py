"""Owns the comparison of a converted model with the model that it was made from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.errors import ParityFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Parity", "compare", "describe", "require_parity"]

# Two categories that the source itself scores this close are a tie: rounding decides between them.
_TIE = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """How far two models agree.

    Attributes:
        pictures: how many pictures both models saw.
        max_difference: the largest difference between two scores of the same category. Where scores are
            not probabilities, it is relative to the largest of them.
        same_category: on how many pictures the highest score is of the same category.
        tolerance: the largest difference that is allowed.
    """

    pictures: int
    max_difference: float
    same_category: int
    tolerance: float


def compare(
    source: Sequence[Sequence[float]], converted: Sequence[Sequence[float]], *, tolerance: float
) -> Parity:
    """Compare the scores of two models, picture by picture."""
    scale = max(1.0, *(abs(score) for scores in source for score in scores))
    differences = [
        abs(theirs - ours) / scale
        for row, other in zip(source, converted, strict=True)
        for theirs, ours in zip(row, other, strict=True)
    ]
    return Parity(
        pictures=len(source),
        max_difference=math.nan if any(map(math.isnan, differences)) else max(differences),
        same_category=sum(map(_agree, source, converted)),
        tolerance=tolerance,
    )


def describe(parity: Parity) -> str:
    """Say how far two models agree."""
    return (
        f"scores differ by at most {parity.max_difference:.1e} ({parity.tolerance:.0e} is allowed); "
        f"the category is the same on {parity.same_category} of {parity.pictures} pictures"
    )


def require_parity(parity: Parity) -> None:
    """Refuse a conversion that changed the answers."""
    same = parity.same_category == parity.pictures
    if same and parity.max_difference <= parity.tolerance:
        return
    raise ParityFailed(
        f"the converted model does not answer as Keras does: {describe(parity)}",
        hint="nothing was written; "
        + (
            "if that is near enough for you, allow it with --tolerance"
            if same
            else "please report it"
        ),
    )


def _agree(source: Sequence[float], converted: Sequence[float]) -> bool:
    chosen = max(range(len(converted)), key=converted.__getitem__)
    return max(source) - source[chosen] <= _TIE
