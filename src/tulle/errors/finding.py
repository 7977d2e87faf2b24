"""Owns findings: what is wrong with a whole, all of it at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sized

__all__ = ["Finding", "Severity", "count_problems", "describe_findings"]


class Severity(StrEnum):
    """Whether the work may go on with a finding."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, of perhaps many that are looked for at once.

    Attributes:
        code: what kind of thing, in kebab-case.
        message: what is wrong, in one sentence without a full stop.
        hint: what the reader can do next.
        path: the file that it is about; None where it is about none.
    """

    severity: Severity
    code: str
    message: str
    hint: str
    path: str | None = None


def count_problems(findings: Sized) -> str:
    """Say how many there are."""
    return "1 problem" if len(findings) == 1 else f"{len(findings)} problems"


def describe_findings(findings: Iterable[Finding]) -> str:
    """Put findings into lines, each with its hint below it."""
    return "\n".join(
        f"{finding.severity}[{finding.code}]: {finding.message}\n  hint: {finding.hint}"
        for finding in findings
    )
