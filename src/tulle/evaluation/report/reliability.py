"""Owns the report's reliability diagram: scores against how often they are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.evaluation.report.tables import count, scrolling

if TYPE_CHECKING:
    from tulle.evaluation.calibration import Bin, Calibration
    from tulle.evaluation.result import ModelEvaluation

__all__ = ["reliability"]

# The plot's square and the strip of counts under it, in the drawing's own units.
_LEFT, _TOP, _SIDE = 38, 8, 300
_STRIP_TOP, _STRIP = 322, 34
_WIDTH, _HEIGHT = 350, 392


def reliability(model: ModelEvaluation, name: str) -> str:
    """Draw the diagram, with the numbers to be unfolded.

    Args:
        model: what to draw.
        name: what the drawing is called in the page.
    """
    if model.calibration is None:
        return "<p>The scores are no probabilities, so there is nothing to compare them with.</p>"
    return (
        f'<p class="note">{_verdict(model)}</p>'
        + _drawing(model.calibration, name)
        + _numbers(model.calibration)
    )


def _verdict(model: ModelEvaluation) -> str:
    assert model.calibration is not None  # noqa: S101 (the caller looked)
    bins = [entry for entry in model.calibration.bins if entry.score is not None]
    score = sum((entry.score or 0) * entry.pictures for entry in bins) / model.figures.pictures
    accuracy = model.figures.accuracy
    if abs(score - accuracy) < 0.01:
        verdict = "on the whole as sure as it may be"
    else:
        verdict = "surer than it may be" if score > accuracy else "more modest than it need be"
    return (
        f"The model is {verdict}: its mean score is {score:.3f}, and {accuracy:.3f} of its answers are right. "
        "Bars on the line mean what they say."
    )


def _drawing(calibration: Calibration, name: str) -> str:
    largest = max(entry.pictures for entry in calibration.bins)
    bars = "".join(_bin(entry, largest) for entry in calibration.bins if entry.pictures)
    lines = "".join(_tick(tenths / 10) for tenths in range(0, 11, 2))
    title = f"Share right by score; expected calibration error {calibration.ece:.3f}"
    return (
        f'<svg class="reliability" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="{name}">'
        f'<title id="{name}">{title}</title>{lines}{bars}'
        f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
        f'<text x="{_x(0.5):.0f}" y="{_HEIGHT - 4}" text-anchor="middle">'
        "score, and how many pictures have it</text>"
        f'<text transform="translate(10 {_y(0.5):.0f}) rotate(-90)" text-anchor="middle">share right</text>'
        "</svg>"
        '<p class="legend"><span class="share">as the score says</span>'
        '<span class="modest">right more often</span><span class="rash">right less often</span></p>'
    )


def _bin(entry: Bin, largest: int) -> str:
    """Draw a bin: how many of it are right, how far that is from its score, and how many there are."""
    accuracy, score = entry.accuracy or 0.0, entry.score or 0.0
    left, width = _x(entry.low) + 1, _x(entry.high) - _x(entry.low) - 2
    lower, upper = sorted((accuracy, score))
    gap = "modest" if accuracy > score else "rash"
    bottom = _STRIP_TOP + _STRIP
    many = _STRIP * entry.pictures / largest
    title = (
        f"scores {entry.low:.2f} to {entry.high:.2f}: "
        f"{count(entry.pictures, 'picture')}, {accuracy:.0%} right"
    )
    return (
        f"<g><title>{title}</title>"
        + _box("share", left, width, _y(lower), _y(0))
        + _box(gap, left, width, _y(upper), _y(lower))
        + _box("many", left, width, bottom - many, bottom)
        + "</g>"
    )


def _box(kind: str, left: float, width: float, top: float, bottom: float) -> str:
    return (
        f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" '
        f'width="{width:.1f}" height="{bottom - top:.1f}"/>'
    )


def _tick(value: float) -> str:
    return (
        f'<line class="grid" x1="{_x(0)}" y1="{_y(value):.1f}" x2="{_x(1)}" y2="{_y(value):.1f}"/>'
        f'<text x="{_LEFT - 6}" y="{_y(value) + 4:.1f}" text-anchor="end">{value:.1f}</text>'
        f'<text x="{_x(value):.1f}" y="{_STRIP_TOP + _STRIP + 14}" text-anchor="middle">{value:.1f}</text>'
    )


def _x(value: float) -> float:
    return _LEFT + value * _SIDE


def _y(value: float) -> float:
    return _TOP + (1 - value) * _SIDE


def _numbers(calibration: Calibration) -> str:
    rows = "".join(
        f'<tr><th scope="row">{entry.low:.3f} to {entry.high:.3f}</th><td class="number">{entry.pictures}</td>'
        f'<td class="number">{_share(entry.score)}</td><td class="number">{_share(entry.accuracy)}</td></tr>'
        for entry in calibration.bins
    )
    table = scrolling(
        "Numbers of the reliability diagram",
        '<table class="plain"><thead><tr><th scope="col">Score</th><th scope="col" class="number">Pictures</th>'
        '<th scope="col" class="number">Mean score</th><th scope="col" class="number">Share right</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>",
    )
    return f"<details><summary>The numbers</summary>{table}</details>"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
