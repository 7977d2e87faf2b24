"""Owns the report's table of categories, and what its tables share."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tulle.evaluation.figures import Figures

__all__ = ["category_table", "count", "percent", "scrolling", "shade"]

_DEEP = 0.75  # the strength of colour from which the number on it is light


def category_table(figures: Figures) -> str:
    """Lay out precision, recall and F1 by category, each with a bar."""
    rows = "".join(
        f'<tr><th scope="row">{escape(entry.category)}</th><td class="number">{entry.pictures}</td>'
        f"{_bar(entry.recall)}{_bar(entry.precision)}{_bar(entry.f1)}</tr>"
        for entry in figures.categories
    )
    means = figures.averages
    mean = (
        f'<tr><th scope="row">Mean</th><td class="number">{figures.pictures}</td>'
        f"{_bar(means.recall)}{_bar(means.precision)}{_bar(means.f1)}</tr>"
    )
    return scrolling(
        "Figures by category",
        '<table class="bars"><thead><tr><th scope="col">Category</th>'
        '<th scope="col" class="number">Pictures</th>'
        '<th scope="col"><abbr title="of the pictures that show it, how many the model finds">Recall</abbr></th>'
        '<th scope="col"><abbr title="of the pictures that the model says it of, how many show it">'
        "Precision</abbr></th>"
        '<th scope="col"><abbr title="the harmonic mean of both">F1</abbr></th></tr></thead>'
        f"<tbody>{rows}</tbody><tfoot>{mean}</tfoot></table>",
    )


def scrolling(name: str, table: str) -> str:
    """Let a table that is wider than the screen scroll, by keyboard too."""
    return (
        f'<div class="scroll" role="region" aria-label="{escape(name)}" tabindex="0">{table}</div>'
    )


def shade(kind: str, strength: float) -> str:
    """Colour a cell of a heat map by a strength of 0 to 1."""
    return f'class="{kind}{" deep" if strength > _DEEP else ""}" style="--v:{strength:.3f}"'


def percent(share: float) -> str:
    """Give a share in percent, its sign set small."""
    return f"{share * 100:.1f}<small>%</small>"


def count(number: int, thing: str, things: str | None = None) -> str:
    """Give a number and what it counts."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def _bar(share: float | None) -> str:
    if share is None:
        return '<td class="bar none">–</td>'
    return f'<td class="bar"><span class="track"><i style="width:{share:.1%}"></i></span>{share:.3f}</td>'
