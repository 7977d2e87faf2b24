"""Owns the comparison of a converted model with the model that it was made from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.errors import ParityFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tulle.model.recipe import Allowance

__all__ = ["Parity", "compare", "describe", "require_parity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """How far two models agree.

    Attributes:
        pictures: how many pictures both models saw.
        max_difference: the largest difference between two scores of the same category. Where scores are
            not probabilities, it is relative to the largest of them.
        same_category: on how many pictures the highest score is of the same category, or of one that the
            source scores as high (`Allowance.tie`).
        tolerance: the largest difference that is allowed.
        agreement: the share of pictures on which the category must be the same.
    """

    pictures: int
    max_difference: float
    same_category: int
    tolerance: float
    agreement: float


def compare(
    source: Sequence[Sequence[float]],
    converted: Sequence[Sequence[float]],
    allowance: Allowance,
) -> Parity:
    """Compare the scores of two models, picture by picture."""
    scale = max(1.0, *(abs(score) for scores in source for score in scores))
    differences = [
        abs(theirs - ours) / scale
        for row, other in zip(source, converted, strict=True)
        for theirs, ours in zip(row, other, strict=True)
    ]
    pairs = zip(source, converted, strict=True)
    return Parity(
        pictures=len(source),
        max_difference=math.nan if any(map(math.isnan, differences)) else max(differences),
        same_category=sum(_agree(theirs, ours, allowance.tie * scale) for theirs, ours in pairs),
        tolerance=allowance.tolerance,
        agreement=allowance.agreement,
    )


def describe(parity: Parity) -> str:
    """Say how far two models agree."""
    asked = f" ({parity.agreement:.0%} is asked for)" if parity.agreement < 1 else ""
    return (
        f"scores differ by at most {parity.max_difference:.1e} ({parity.tolerance:g} is allowed); "
        f"the category is the same on {parity.same_category} of {parity.pictures} pictures{asked}"
    )


def require_parity(parity: Parity) -> None:
    """Refuse a conversion that changed the answers."""
    same = parity.same_category >= parity.agreement * parity.pictures
    if same and parity.max_difference <= parity.tolerance:
        return
    raise ParityFailed(
        f"the converted model does not answer as the original does: {describe(parity)}",
        hint="nothing was written; " + _way_out(parity, same=same),
    )


def _way_out(parity: Parity, *, same: bool) -> str:
    if same:
        return "if that is near enough for you, allow it with --tolerance"
    if parity.agreement < 1:
        return (
            "8 bits are too few for this model: take --recipe float16, or allow it with --agreement"
        )
    return "please report it"


def _agree(source: Sequence[float], converted: Sequence[float], tie: float) -> bool:
    chosen = max(range(len(converted)), key=converted.__getitem__)
    return max(source) - source[chosen] <= tie
