"""Owns the report's confusion matrix, drawn as a heat map."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from tulle.evaluation.report.tables import scrolling, shade

if TYPE_CHECKING:
    from tulle.evaluation.figures import Figures

__all__ = ["confusion"]

_LARGEST = 40  # categories; a larger matrix cannot be read
_COMMONEST = 30


def confusion(figures: Figures) -> str:
    """Draw the matrix, or list the commonest confusions of many categories."""
    names = [entry.category for entry in figures.categories]
    if len(names) > _LARGEST:
        return _commonest(names, figures)
    heads = "".join(f'<th scope="col"><span>{escape(name)}</span></th>' for name in names)
    rows = "".join(
        f'<tr><th scope="row">{escape(entry.category)}</th>{_cells(names, number, row)}</tr>'
        for number, (entry, row) in enumerate(
            zip(figures.categories, figures.confusion, strict=True)
        )
        if entry.pictures
    )
    table = (
        '<table class="heat"><thead><tr><td class="axes"><span>is ↓ said →</span></td>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )
    return (
        '<p class="note">Rows: what the picture shows. Columns: what the model says. '
        "Colour: the share of the row.</p>" + scrolling("Confusion matrix", table)
    )


def _cells(names: list[str], number: int, row: tuple[int, ...]) -> str:
    total = sum(row)
    return "".join(
        _cell(cell, total, f"{names[number]} taken for {names[other]}", right=other == number)
        for other, cell in enumerate(row)
    )


def _cell(cell: int, total: int, said: str, *, right: bool) -> str:
    if not cell:
        return f'<td class="{"right " if right else ""}nought">0</td>'
    # The eye judges areas: the root lets a share of 5% still be seen.
    strength = math.sqrt(cell / total)
    title = f"{'right' if right else said}: {cell} of {total}"
    look = shade("right" if right else "wrong", strength)
    return f'<td {look} title="{escape(title)}">{cell}</td>'


def _commonest(names: list[str], figures: Figures) -> str:
    pairs = [
        (cell, name, other, entry.pictures)
        for name, entry, row in zip(names, figures.categories, figures.confusion, strict=True)
        for other, cell in zip(names, row, strict=True)
        if cell and name != other
    ]
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(other)}</td><td class="number">{cell} of {total}</td></tr>'
        for cell, name, other, total in sorted(pairs, key=lambda pair: -pair[0])[:_COMMONEST]
    )
    return '<p class="note">The commonest confusions.</p>' + scrolling(
        "Commonest confusions",
        '<table class="plain"><thead><tr><th scope="col">What the picture shows</th>'
        '<th scope="col">What the model says</th><th scope="col" class="number">Pictures</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>",
    )
