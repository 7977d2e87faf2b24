"""Owns how an evaluation is shown in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tulle.api.evaluate import Evaluation, ModelEvaluation

__all__ = ["render"]

_WIDEST_MATRIX = 20  # categories; a larger matrix is told by its commonest confusions
_CONFUSIONS = 10
_NAME_WIDTH = 18


def render(evaluation: Evaluation) -> str:
    """Show one model in full, or several side by side."""
    if len(evaluation.models) > 1:
        return "\n\n".join([_comparison(evaluation.models), _recalls(evaluation.models)])
    (model,) = evaluation.models
    return "\n\n".join([_summary(model), _categories(model), _confusions(model)])


def _summary(model: ModelEvaluation) -> str:
    figures = model.figures
    ece = f"ECE {model.calibration.ece:.4f}" if model.calibration else "no probabilities, so no ECE"
    return (
        click.style(model.name, bold=True)
        + f"  accuracy {figures.accuracy:.4f} ({figures.right} of {figures.pictures}; "
        f"95 % interval {figures.accuracy_low:.3f} to {figures.accuracy_high:.3f}), {ece}\n"
        f"  decode {model.decode.median_ms:.1f} ms (95 %: {model.decode.p95_ms:.1f}), "
        f"infer {model.infer.median_ms:.1f} ms (95 %: {model.infer.p95_ms:.1f}), one thread"
    )


def _categories(model: ModelEvaluation) -> str:
    figures = model.figures
    rows = [
        (
            entry.category,
            _share(entry.precision),
            _share(entry.recall),
            _share(entry.f1),
            entry.pictures,
        )
        for entry in figures.categories
    ]
    means = figures.averages
    mean = (
        "mean",
        _share(means.precision),
        _share(means.recall),
        _share(means.f1),
        figures.pictures,
    )
    return _table(("category", "precision", "recall", "F1", "pictures"), [*rows, mean])


def _confusions(model: ModelEvaluation) -> str:
    figures = model.figures
    names = [entry.category for entry in figures.categories]
    if len(names) <= _WIDEST_MATRIX:
        width = max(map(len, names))
        cell = max(len(str(count)) for row in figures.confusion for count in row) + 2
        rows = (
            f"{name:<{width}}"
            + "".join(
                f"{count:>{cell}}" if count else click.style("·".rjust(cell), dim=True)
                for count in row
            )
            for name, row in zip(names, figures.confusion, strict=True)
        )
        heading = "confusion (rows: what it is; columns, in the same order: what the model says)"
        return "\n".join([click.style(heading, dim=True), *rows])
    pairs = [
        (count, name, other)
        for name, row in zip(names, figures.confusion, strict=True)
        for other, count in zip(names, row, strict=True)
        if count and name != other
    ]
    worst = sorted(pairs, key=lambda pair: -pair[0])[:_CONFUSIONS]
    return _table(
        ("what it is", "what the model says", "pictures"),
        [(name, other, count) for count, name, other in worst],
    )


def _comparison(models: Sequence[ModelEvaluation]) -> str:
    rows = [
        (
            model.name,
            f"{model.figures.accuracy:.4f}",
            f"{model.figures.accuracy_low:.3f}–{model.figures.accuracy_high:.3f}",
            _share(model.figures.averages.f1),
            _share(model.calibration.ece if model.calibration else None),
            f"{model.model.size_bytes / 1e6:.1f} MB",
            f"{model.decode.median_ms:.1f} ms",
            f"{model.infer.median_ms:.1f} ms",
            f"{model.infer.p95_ms:.1f} ms",
        )
        for model in models
    ]
    heading = ("model", "accuracy", "95 %", "mean F1", "ECE", "size", "decode", "infer", "p95")
    return _table(heading, rows)


def _recalls(models: Sequence[ModelEvaluation]) -> str:
    recalls = [
        {entry.category: entry.recall for entry in model.figures.categories} for model in models
    ]
    shown = [entry for entry in models[0].figures.categories if entry.pictures]
    rows = [
        (entry.category, *(_share(known[entry.category]) for known in recalls), entry.pictures)
        for entry in shown
    ]
    names = (Path(model.name).stem[-_NAME_WIDTH:] for model in models)
    return _table(("recall", *names, "pictures"), rows)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _table(heading: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Align columns: the first to the left, the others to the right."""
    texts = [[str(cell) for cell in row] for row in [heading, *rows]]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in texts
    ]
    return "\n".join([click.style(lines[0], dim=True), *lines[1:]])
