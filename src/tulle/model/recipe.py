"""Owns the quantisation recipes, and how far each may take a model from its source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["ALLOWANCES", "ROUNDING", "Allowance", "Recipe"]


class Recipe(StrEnum):
    """How a model's weights are stored, and what it computes with."""

    NONE = "none"
    FLOAT16 = "float16"
    DYNAMIC = "dynamic"
    INT8 = "int8"

    @property
    def is_in_8_bits(self) -> bool:
        """Say whether it stores weights as 8-bit integers."""
        return self in {Recipe.DYNAMIC, Recipe.INT8}


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How far a converted model's answers may be from its source's.

    Attributes:
        tolerance: the largest difference between two scores.
        agreement: on what share of the pictures the category must be the same.
        tie: two categories that the source scores this close count as the same.
    """

    tolerance: float
    agreement: float
    tie: float


# Rounding moves two scores by up to the tolerance each, so what is nearer than twice that may change places.
# With 8 bits a score moves as far as the model is unsure; there the category is what must stay.
ALLOWANCES = {
    Recipe.NONE: Allowance(tolerance=1e-4, agreement=1, tie=2e-4),
    Recipe.FLOAT16: Allowance(tolerance=5e-3, agreement=1, tie=1e-2),
    Recipe.DYNAMIC: Allowance(tolerance=0.25, agreement=0.98, tie=1e-2),
    Recipe.INT8: Allowance(tolerance=0.25, agreement=0.98, tie=1e-2),
}

# A source that computes with 8 bits and is given other numbers than pixels: halves are rounded either way.
ROUNDING = Allowance(tolerance=0.05, agreement=0.98, tie=1e-2)
