"""Owns saying why each file is in a function, or is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.bundle.bundle import Layer
from tulle.bundle.project_files import ORIGIN

if TYPE_CHECKING:
    from tulle.bundle.bundle import BundleFile
    from tulle.bundle.gather import Gathered

__all__ = ["Explanation", "explanations"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a file is in a function, or is not."""

    path: str
    size: int | None
    """In bytes; None for a folder that nobody looked into."""
    origin: str
    keep: bool
    reason: str


def explanations(gathered: Gathered) -> tuple[Explanation, ...]:
    """Say of every file that was at hand why it stays or goes."""
    decided = [
        Explanation(
            path=str(decision.path),
            size=decision.size,
            origin=decision.origin,
            keep=decision.keep,
            reason=decision.reason,
        )
        for decision in gathered.dependencies.plan.decisions
    ]
    known = {entry.path for entry in decided}
    others = [
        Explanation(
            path=str(file.path), size=file.size, origin=file.origin, keep=True, reason=_reason(file)
        )
        for file in gathered.bundle.files
        if str(file.path) not in known
    ]
    left_out = [
        Explanation(path=entry.path, size=None, origin=ORIGIN, keep=False, reason=entry.reason)
        for entry in gathered.project_files.left_out
    ]
    return (*decided, *others, *left_out)


def _reason(file: BundleFile) -> str:
    if file.path.suffix == ".pyc":
        return "compiled, so that no cold start does it"
    reasons = {Layer.MODEL: "the model", Layer.CODE: "the project's own"}
    return reasons.get(file.layer, "the function runtime")
