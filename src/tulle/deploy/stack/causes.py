"""Owns `Cause`: what AWS's words for a failure mean, and what to do about it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources import files

__all__ = ["Cause", "find_cause", "unwrapped"]

_WRAPPED = re.compile(
    r'^Resource handler returned message: "(?P<message>.*)" ?\(RequestToken: [^)]*\)$', re.DOTALL
)
_SERVICE = re.compile(r"\s*\(Service: [^)]*\)|\s*\(SDK Attempt Count: \d+\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a resource failed.

    Args:
        means: what happened, in one clause.
        do: what to do about it.
    """

    means: str
    do: str


def unwrapped(reason: str) -> str:
    """Take a service's own words out of what CloudFormation puts around them."""
    found = _WRAPPED.match(reason.strip())
    message = found["message"] if found else reason.strip()
    return _SERVICE.sub("", message).strip()


def find_cause(reason: str) -> Cause | None:
    """Find what is known of a failure.

    Args:
        reason: CloudFormation's words, as they came.
    """
    for pattern, cause in _causes():
        found = pattern.search(reason)
        if found:
            said = {name: value or "*" for name, value in found.groupdict().items()}
            return Cause(means=cause.means.format_map(said), do=cause.do.format_map(said))
    return None


def _causes() -> tuple[tuple[re.Pattern[str], Cause], ...]:
    text = files(__package__).joinpath("causes.json").read_text(encoding="utf-8")
    rows: list[dict[str, str]] = json.loads(text)["causes"]
    return tuple(
        (
            re.compile(row["pattern"], re.IGNORECASE | re.DOTALL),
            Cause(means=row["means"], do=row["do"]),
        )
        for row in rows
    )
