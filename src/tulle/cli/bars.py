"""Owns how scores are drawn: the category, then a bar for each label, the highest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["score_lines"]

_BAR_WIDTH = 30
_EIGHTHS = " ▏▎▍▌▋▊▉"


def score_lines(
    category: str, scores: Iterable[tuple[str, float]], *, of: str, remark: str, top: int | None
) -> list[str]:
    """Draw a prediction.

    Args:
        category: the label with the highest score.
        scores: each label's.
        of: what the prediction is of.
        remark: what else is to be said, shown dim.
        top: how many scores are drawn; None draws all.
    """
    heading = f"{click.style(category, bold=True)}  {of}  " + click.style(f"({remark})", dim=True)
    best = sorted(scores, key=lambda pair: -pair[1])[:top]
    width = max(len(label) for label, _ in best)
    return [heading, *(f"  {label:<{width}}  {_bar(score)} {score:7.2%}" for label, score in best)]


def _bar(score: float) -> str:
    """Draw a score of 0 to 1 in eighths of a character."""
    eighths = round(max(0.0, min(1.0, score)) * _BAR_WIDTH * 8)
    bar = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
    return f"{bar:<{_BAR_WIDTH}}"
