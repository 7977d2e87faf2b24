"""Owns the decision how a model's outputs are made probabilities."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tulle.errors import UnsupportedModel, UsageError

__all__ = ["Ending", "Softmax", "decide_ending", "decide_softmax"]

Outputs = list[list[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Softmax:
    """Whether a softmax was put behind the model, and why."""

    added: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What is put behind a model, in this order.

    Attributes:
        softmax: over all outputs.
        sigmoid: over the single output.
        both: of the single output p, the two scores 1 - p and p.
    """

    softmax: bool = False
    sigmoid: bool = False
    both: bool = False


def decide_ending(
    softmax: Softmax, *, labels: int, activation: str | None, outputs: Outputs
) -> Ending:
    """Decide what is put behind a model, after its softmax was decided on.

    Raises:
        UnsupportedModel: it gives one number that is no score.
    """
    if len(outputs[0]) != 1:
        return Ending(softmax=softmax.added)
    low, high = min(outputs)[0], max(outputs)[0]
    inside = low >= 0 and high <= 1
    if not inside and (labels == 1 or activation not in (None, "linear")):
        raise UnsupportedModel(
            f"the model gives one number that is no score: it goes from {low:.3g} to {high:.3g}",
            hint="a regression model is not served; if it tells two categories apart, "
            "give both labels: what is below 0, then what is above",
        )
    return Ending(sigmoid=not inside, both=labels == 2)


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
    if activation == "softmax":  # of few bits: the sum is not quite 1
        return Softmax(added=False, reason=ending)
    low, high = min(map(min, outputs)), max(map(max, outputs))
    seen = f"the outputs go from {low:.3g} to {high:.3g} and do not sum to 1"
    if activation in (None, "linear") or low < 0 or high > 1:
        return Softmax(added=True, reason=f"{ending}, and {seen}")
    return Softmax(added=False, reason=f"{ending}: each category is scored by itself, from 0 to 1")


def _is_distribution(scores: list[float]) -> bool:
    return min(scores) >= 0 and math.isclose(sum(scores), 1, abs_tol=1e-3)
