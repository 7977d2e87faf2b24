"""Owns `Tuning`: a recommendation, how it was come by, and what it takes for granted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tulle.pricing.cpu_share import VCPU_MB
from tulle.tuning.prediction import HEADROOM
from tulle.tuning.recommendation import NEAR
from tulle.tuning.trial import discarded

if TYPE_CHECKING:
    from decimal import Decimal

    from tulle.target import Architecture
    from tulle.tuning.deployed import DeployedPlan
    from tulle.tuning.measurement import Measurement
    from tulle.tuning.recommendation import Recommendation

__all__ = ["NEW_ACCOUNT_MB", "Origin", "Tuning", "assumed_here", "assumed_of_deployed"]

NEW_ACCOUNT_MB = 3008
"""The largest size that AWS gives many new accounts; they may ask for more."""


class Origin(StrEnum):
    """How the durations were come by."""

    PREDICTED = "predicted"
    """From what the function took on this machine."""
    MEASURED = "measured"
    """On Lambda, with a version of each size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What tuning a function came to.

    Args:
        name: the project's, or the deployed function's.
        current_mb: the memory size that it has.
        assumptions: what to bear in mind, a sentence each.
        spent_usd: what the trials themselves cost on AWS; None where they were made here.
    """

    name: str
    origin: Origin
    recommendation: Recommendation
    current_mb: int
    assumptions: tuple[str, ...]
    spent_usd: Decimal | None = None


def assumed_here(
    measurement: Measurement, *, machine: Architecture, architecture: Architecture
) -> tuple[str, ...]:
    """Say what a prediction takes for granted."""
    return (
        (
            f"Predicted from {len(measurement.cold)} cold starts and {len(measurement.warm)} calls on this machine "
            f"({machine}), medians. Its processor is not Lambda's: take the proportions for true, the milliseconds "
            "for a guess, and measure with --stage once it is deployed."
        ),
        f"Lambda gives processor time in proportion to memory, one whole processor at {VCPU_MB:,} MB. "
        + _gain(measurement),
        (
            "A cold start is counted as if the init had no more than the size's share of a processor. Loading the "
            "package before it is not in it."
        ),
        (
            f"A size is too small unless it has {HEADROOM - 1:.0%} more than the {measurement.max_memory_used_mb} MB "
            "that the function held; send it the largest pictures that it will get."
        ),
        *_other_processor(machine, architecture),
        *_common(),
    )


def assumed_of_deployed(plan: DeployedPlan) -> tuple[str, ...]:
    """Say what a measurement on Lambda takes for granted."""
    kept = plan.calls.in_turn - 2 * discarded(plan.calls.in_turn)
    return (
        (
            f"Measured on Lambda in {plan.region}: means of about {kept} of {plan.calls.in_turn} warm calls a size, "
            "without the fastest and the slowest fifth, as AWS Lambda Power Tuning takes them, and of up to "
            f"{plan.calls.at_once} cold starts."
        ),
        f"A size is too small unless it has {HEADROOM - 1:.0%} more than the function held there.",
        (
            f"The function runs on {plan.architecture}: the other processor's price is that of equal durations, "
            "which were not measured."
        ),
        *_common(),
    )


def _gain(measurement: Measurement) -> str:
    if measurement.processors == 1:
        return (
            "This machine gave the function one, so that nothing is known of what more would bring."
        )
    cpu_ms = sum(effort.cpu_ms for effort in measurement.warm)
    parallel_ms = sum(effort.parallel_ms for effort in measurement.warm)
    share = parallel_ms / cpu_ms if cpu_ms else 0.0
    return (
        f"What several threads did at once here ({share:.0%} of the work) is held to gain from every more that "
        "there is, and the rest from none."
    )


def _other_processor(machine: Architecture, architecture: Architecture) -> tuple[str, ...]:
    if machine is architecture:
        return ("The other processor's price is that of equal durations, which were not measured.",)
    return (
        (
            f"The function is for {architecture}, of which nothing was measured: its durations are taken to be "
            "those of this machine."
        ),
    )


def _common() -> tuple[str, ...]:
    return (
        f"Sizes that differ by less than {NEAR:.0%} count as equal.",
        f"AWS bounds many new accounts to {NEW_ACCOUNT_MB:,} MB until they ask for more.",
    )
