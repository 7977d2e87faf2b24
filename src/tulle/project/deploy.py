"""Owns `DeploySection`: how a deployment is kept and watched, as `[deploy]` says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tulle.project.values import matching, whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tulle.project.values import Check, Schema

__all__ = ["DEPLOY", "Alarms", "DeploySection", "read_deploy"]

# What CloudWatch Logs offers:
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_RETENTIONS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
_NEAR_LIMIT = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """`[deploy.alarms]`: from when on CloudWatch raises an alarm; None is never.

    Attributes:
        errors: invocations that failed within five minutes.
        throttles: invocations that were refused within five minutes.
        p95_ms: the time that 95 of 100 invocations stay within, for a quarter of an hour.
        topic: the SNS topic that is told.
    """

    errors: int | None = 1
    throttles: int | None = 1
    p95_ms: int | None = 24_000
    topic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploySection:
    """`[deploy]`: what becomes of logs and old images, and what raises an alarm."""

    log_retention_days: int = 30
    keep: int = 20
    """How many images and versions stay."""
    alarms: Alarms = Alarms()


def _retention(value: object) -> str | None:
    fits = type(value) is int and value in _RETENTIONS
    return None if fits else f"must be one of {', '.join(map(str, _RETENTIONS))}"


def _threshold(high: int) -> Check:
    check = whole_number(1, high)

    def check_threshold(value: object) -> str | None:
        problem = check(value)
        return f"{problem}, or false for no alarm" if value is not False and problem else None

    return check_threshold


DEPLOY: Schema = {
    "log_retention_days": _retention,
    "keep": whole_number(2, 1000),
    "alarms": {
        "errors": _threshold(1_000_000),
        "throttles": _threshold(1_000_000),
        "p95_ms": _threshold(900_000),
        "topic": matching(
            r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}",
            "the ARN of an SNS topic, arn:aws:sns:REGION:ACCOUNT:NAME",
        ),
    },
}


def read_deploy(content: Mapping[str, Any], *, timeout_s: int) -> DeploySection:
    """Read the section, which has been checked.

    Args:
        content: what it says.
        timeout_s: the function's time limit; p95 rings near it where nothing else is said.
    """
    given = dict(content)
    said = {"p95_ms": int(timeout_s * 1000 * _NEAR_LIMIT), **given.pop("alarms", {})}
    alarms = Alarms(**{key: None if value is False else value for key, value in said.items()})
    return DeploySection(alarms=alarms, **given)
