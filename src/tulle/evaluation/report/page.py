"""Owns the report's page: what stands on it, and in which order."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.evaluation.report.comparison import comparison
from tulle.evaluation.report.confusion import confusion
from tulle.evaluation.report.mistakes import mistakes
from tulle.evaluation.report.reliability import reliability
from tulle.evaluation.report.tables import category_table, count, percent, scrolling

if TYPE_CHECKING:
    from tulle.evaluation.calibration import Calibration
    from tulle.evaluation.result import Evaluation, ModelEvaluation

__all__ = ["write_html_report"]

_WIDE = 14  # categories from which the confusion matrix takes a line of its own

# `data:` pictures and this file's own style: the browser itself sees to it that no host is asked.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def write_html_report(evaluation: Evaluation, path: Path) -> None:
    """Write the report as one file, in place of what was there only when it is whole."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.write_text(_page(evaluation), encoding="utf-8")
    unfinished.replace(path)


def _page(evaluation: Evaluation) -> str:
    models = evaluation.models
    several = len(models) > 1
    title = f"{len(models)} models" if several else _short(models[0])
    style = files("tulle.evaluation.report").joinpath("report.css").read_text("utf-8")
    parts = [
        _header(evaluation, title),
        _left_out(evaluation),
        comparison(models) if several else "",
        *(_model(evaluation, number, several=several) for number in range(len(models))),
        _footer(evaluation),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}: evaluation</title>\n<style>\n{style}</style>\n</head>\n"
        "<body>\n<main>\n" + "\n".join(filter(None, parts)) + "\n</main>\n</body>\n</html>\n"
    )


def _header(evaluation: Evaluation, title: str) -> str:
    models = evaluation.models
    categories = sum(bool(entry.pictures) for entry in models[0].figures.categories)
    links = "".join(
        f'<a href="#model-{number}">{escape(_short(model))}</a>'
        for number, model in enumerate(models)
    )
    nav = f'<nav aria-label="Models">{links}</nav>' if len(models) > 1 else ""
    return (
        f'<header><p class="eyebrow">Evaluation</p><h1>{escape(title)}</h1>'
        f'<p class="lead">{count(models[0].figures.pictures, "picture")} of '
        f"{count(categories, 'category', 'categories')} in <code>{escape(str(evaluation.folder))}</code></p>"
        f"{nav}</header>"
    )


def _model(evaluation: Evaluation, number: int, *, several: bool) -> str:
    model = evaluation.models[number]
    heading = f"<h2>{escape(_short(model))}</h2>" if several else '<h2 class="hidden">Figures</h2>'
    wide = len(model.figures.categories) > _WIDE
    return (
        f'<section class="model" id="model-{number}">{heading}{_tiles(model)}'
        f'<section class="card"><h3>By category</h3>{category_table(model.figures)}</section>'
        f'<div class="{"stack" if wide else "pair"}">'
        f'<section class="card"><h3>What is taken for what</h3>{confusion(model.figures)}</section>'
        f'<section class="card"><h3>Do the scores mean what they say?</h3>{reliability(model, f"reliability-{number}")}'
        f"</section></div>"
        f'<section class="card"><h3>The worst mistakes</h3>{mistakes(model, evaluation.folder)}</section></section>'
    )


def _tiles(model: ModelEvaluation) -> str:
    figures = model.figures
    low, high = figures.accuracy_low, figures.accuracy_high
    tiles = [
        (
            "Accuracy",
            percent(figures.accuracy),
            f"{figures.right} of {figures.pictures} right; 95% interval {low:.1%} to {high:.1%}",
        ),
        ("Mean F1", f"{figures.averages.f1:.3f}", "every category counts the same"),
        _calibration_tile(model.calibration),
        (
            "Inference",
            _milliseconds(model.infer.median_ms),
            f"a picture, one thread; 95% within {model.infer.p95_ms:.0f} ms",
        ),
        (
            "Decoding",
            _milliseconds(model.decode.median_ms),
            f"a picture; 95% within {model.decode.p95_ms:.0f} ms",
        ),
        ("File", f"{model.model.size_bytes / 1e6:.1f}<small> MB</small>", _input(model)),
    ]
    cells = "".join(
        f'<div class="tile"><dt>{name}</dt><dd><b>{value}</b><span>{note}</span></dd></div>'
        for name, value, note in tiles
    )
    return f'<dl class="tiles">{cells}</dl>'


def _calibration_tile(calibration: Calibration | None) -> tuple[str, str, str]:
    if calibration is None:
        return ("Calibration error", "–", "the scores are no probabilities")
    return ("Calibration error", f"{calibration.ece:.3f}", "ECE: scores against how often right")


def _milliseconds(duration_ms: float) -> str:
    return f"{duration_ms:.1f}<small> ms</small>"


def _input(model: ModelEvaluation) -> str:
    signature = model.model.signature
    return f"{signature.width} × {signature.height} pixels in"


def _left_out(evaluation: Evaluation) -> str:
    """Name what no figure speaks of."""
    lines = [
        f"<b>{escape(entry.category)}</b> {escape(entry.reason)} ({count(entry.pictures, 'picture')})"
        for entry in evaluation.left_out
    ]
    if evaluation.loose_pictures:
        lines.append(f"{count(evaluation.loose_pictures, 'picture')} in no category's folder")
    lines += [
        f"<b>{escape(entry.picture)}</b> {escape(entry.problem)}" for entry in evaluation.unread
    ]
    lines += [
        f"<b>{escape(failed.name)}</b> {escape(failed.error.message)}"
        for failed in evaluation.failed
    ]
    if not lines:
        return ""
    items = "".join(f"<li>{line}</li>" for line in lines)
    return (
        f'<details class="card left-out"><summary>Left out or skipped: {len(lines)}</summary>'
        f"<ul>{items}</ul></details>"
    )


def _footer(evaluation: Evaluation) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(model.name)}</th><td><code>{model.model.sha256}</code></td></tr>'
        for model in evaluation.models
    )
    table = scrolling(
        "sha256 of the models",
        f'<table class="plain"><thead><tr><th scope="col">Model</th>'
        '<th scope="col">sha256</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>",
    )
    return (
        "<footer><h2>How this was measured</h2>"
        "<p>With the very code that runs in the function, from a file's bytes to its scores. Times are medians "
        f"of this run, with one thread a picture and {count(evaluation.workers, 'picture')} at once. "
        "The interval of the accuracy is Wilson's. "
        "The calibration error is that of Guo et al. (2017), with 15 bins of equal width. Means are "
        f"over the categories that pictures show.</p>{table}</footer>"
    )


def _short(model: ModelEvaluation) -> str:
    return Path(model.name).name
