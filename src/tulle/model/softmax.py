"""Owns the decision whether a model's outputs are made probabilities."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tulle.errors import UsageError

__all__ = ["Softmax", "decide_softmax"]

Outputs = list[list[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Softmax:
    """Whether a softmax was put behind the model, and why."""

    added: bool
    reason: str


def decide_softmax(
    wanted: bool | None,  # noqa: FBT001 (three answers: yes, no, find out)
    *,
    layer: str,
    activation: str | None,
    outputs: Outputs,
) -> Softmax:
    """Decide by what the user wants, else by the model's last activation and its outputs on pictures.

    Args:
        wanted: what the user asks for; None leaves it to the model.
        layer: the name of the model's last layer.
        activation: the last layer's activation, where it has one.
        outputs: what the model gives for some pictures.
    """
    if wanted and len(outputs[0]) == 1:
        raise UsageError(
            "a softmax over a single output is always 1",
            hint="leave --softmax out: the output is the score of one category",
        )
    if wanted is not None:
        return Softmax(added=wanted, reason="as asked for")
    if len(outputs[0]) == 1:
        return Softmax(added=False, reason="a single output is no choice between categories")
    ending = f"the last layer, {layer!r}, " + (
        f"ends in {activation}" if activation not in (None, "linear") else "has no activation"
    )
    if all(_is_distribution(scores) for scores in outputs):
        return Softmax(
            added=False, reason=f"{ending}, and the outputs are probabilities that sum to 1"
        )
    low, high = min(map(min, outputs)), max(map(max, outputs))
    seen = f"the outputs go from {low:.3g} to {high:.3g} and do not sum to 1"
    if activation in (None, "linear") or low < 0 or high > 1:
        return Softmax(added=True, reason=f"{ending}, and {seen}")
    return Softmax(added=False, reason=f"{ending}: each category is scored by itself, from 0 to 1")


def _is_distribution(scores: list[float]) -> bool:
    return min(scores) >= 0 and math.isclose(sum(scores), 1, abs_tol=1e-3)
