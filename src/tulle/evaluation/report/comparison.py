"""Owns the report's comparison of several models."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.evaluation.report.tables import scrolling, shade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tulle.evaluation.result import ModelEvaluation

__all__ = ["comparison"]


def comparison(models: Sequence[ModelEvaluation]) -> str:
    """Lay models side by side: their figures, and their recall by category."""
    return (
        f'<section class="card"><h2>Side by side</h2>{_figures(models)}</section>'
        f'<section class="card"><h2>Recall by category</h2>{_recalls(models)}</section>'
    )


def _figures(models: Sequence[ModelEvaluation]) -> str:
    low = min(model.figures.accuracy_low for model in models)
    high = max(model.figures.accuracy_high for model in models)
    rows = zip(*(_cells(column) for _, column in _columns(models)), strict=True)
    body = "".join(
        f'<tr><th scope="row"><a href="#model-{number}">{escape(Path(model.name).name)}</a></th>'
        f"{accuracy}<td>{_interval(model, low, high)}</td>{''.join(cells)}</tr>"
        for number, (model, (accuracy, *cells)) in enumerate(zip(models, rows, strict=True))
    )
    first, *heads = (f'<th scope="col" class="number">{name}</th>' for name, _ in _columns(models))
    table = (
        '<table class="plain compare"><thead><tr><th scope="col">Model</th>'
        f'{first}<th scope="col">95% interval</th>{"".join(heads)}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
    return scrolling("Models side by side", table) + (
        f'<p class="note">The best of each column is set in bold. Intervals are drawn from {low:.2f} to {high:.2f}; '
        "where they overlap much, the pictures are too few to tell the models apart.</p>"
    )


def _columns(
    models: Sequence[ModelEvaluation],
) -> list[tuple[str, list[tuple[float | None, str]]]]:
    """Give each column's name, and of each model the cost that makes the least the best, and its text."""
    return [
        (
            "Accuracy",
            [(-model.figures.accuracy, f"{model.figures.accuracy:.4f}") for model in models],
        ),
        (
            "Mean F1",
            [(-model.figures.averages.f1, f"{model.figures.averages.f1:.3f}") for model in models],
        ),
        ("ECE", [_ece(model) for model in models]),
        (
            "Inference, ms",
            [(model.infer.median_ms, f"{model.infer.median_ms:.1f}") for model in models],
        ),
        (
            "Decoding, ms",
            [(model.decode.median_ms, f"{model.decode.median_ms:.1f}") for model in models],
        ),
        (
            "File, MB",
            [(model.model.size_bytes, f"{model.model.size_bytes / 1e6:.1f}") for model in models],
        ),
    ]


def _ece(model: ModelEvaluation) -> tuple[float | None, str]:
    ece = model.calibration.ece if model.calibration else None
    return ece, "–" if ece is None else f"{ece:.3f}"


def _cells(column: list[tuple[float | None, str]]) -> list[str]:
    """Mark what is best, unless all look the same."""
    known = [(cost, text) for cost, text in column if cost is not None]
    best = min(known)[1] if len({text for _, text in known}) > 1 else None
    return [
        f'<td class="number{" best" if text == best else ""}">{text}</td>' for _, text in column
    ]


def _interval(model: ModelEvaluation, low: float, high: float) -> str:
    """Draw the accuracy as a dot on its interval, on the scale that all models share."""
    figures, span = model.figures, (high - low) or 1
    left = (figures.accuracy_low - low) / span
    width = (figures.accuracy_high - figures.accuracy_low) / span
    dot = (figures.accuracy - low) / span
    title = f"{figures.accuracy_low:.3f} to {figures.accuracy_high:.3f}"
    return (
        f'<span class="interval" title="{title}"><i style="left:{left:.1%};width:{width:.1%}"></i>'
        f'<b style="left:{dot:.1%}"></b></span>'
    )


def _recalls(models: Sequence[ModelEvaluation]) -> str:
    recalls = [
        {entry.category: entry.recall for entry in model.figures.categories} for model in models
    ]
    heads = "".join(f'<th scope="col">{escape(Path(model.name).name)}</th>' for model in models)
    rows = "".join(
        f'<tr><th scope="row">{escape(entry.category)}</th><td class="number">{entry.pictures}</td>'
        + "".join(_recall(known[entry.category]) for known in recalls)
        + "</tr>"
        for entry in models[0].figures.categories
        if entry.pictures
    )
    return scrolling(
        "Recall by category",
        f'<table class="heat recalls" style="min-width:{170 + 80 * len(models)}px"><thead><tr>'
        '<th scope="col">Category</th><th scope="col" class="number">Pictures</th>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table>",
    )


def _recall(recall: float | None) -> str:
    if recall is None:
        return '<td class="nought">–</td>'
    return f"<td {shade('right', recall)}>{recall:.3f}</td>"
