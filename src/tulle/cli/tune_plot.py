"""Owns the plot of cost against time in plain characters."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from tulle.tuning.figures import duration
from tulle.tuning.scale import linear_scale, log_scale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tulle.api.tune import Option, Recommendation, Tuning

__all__ = ["letters", "plot"]

_HEIGHT = 11
_WIDEST = 100
_NARROWEST = 24
_TICK_COLUMNS = 14


def letters(recommendation: Recommendation) -> Iterator[tuple[str, Option]]:
    """Name each size by a letter, a capital for the one that is recommended."""
    names = iter(string.ascii_lowercase + string.digits)
    for option in recommendation.options:
        letter = next(names, "+")
        chosen = option.trial.memory_mb == recommendation.memory_mb
        yield (letter.upper() if chosen else letter), option


def plot(tuning: Tuning, *, width: int) -> str:
    """Draw each size as its letter: further left is quicker, further down is cheaper."""
    recommendation = tuning.recommendation
    points = [
        (
            letter,
            max(option.trial.warm.typical_ms, 0.01),
            float(option.million_usd[recommendation.architecture]),
        )
        for letter, option in letters(recommendation)
        if option.trial.warm is not None
    ]
    costs = linear_scale([cost for _, _, cost in points])
    times = log_scale([time_ms for _, time_ms, _ in points])
    marks = {round(costs.place(cost) * (_HEIGHT - 1)): cost for cost in costs.ticks(4)}
    labels = {row: f"${cost:.{_decimals(sorted(marks.values()))}f}" for row, cost in marks.items()}
    margin = max(map(len, labels.values()), default=0) + 1
    columns = min(max(width - margin - 2, _NARROWEST), _WIDEST)
    grid = [[" "] * columns for _ in range(_HEIGHT)]
    for letter, time_ms, cost in sorted(points, key=lambda point: not point[0].isupper()):
        row = round(costs.place(cost) * (_HEIGHT - 1))
        _put(grid[row], round(times.place(time_ms) * (columns - 1)), letter)
    lines = [
        f"{labels.get(row, ''):>{margin - 1}} {'+' if row in labels else '|'}{''.join(cells)}".rstrip()
        for row, cells in reversed([*enumerate(grid)])
    ]
    return "\n".join(
        [
            "a million calls, against the time of a warm one",
            *lines,
            *_time_axis(times.ticks(columns // _TICK_COLUMNS), times.place, columns, margin),
        ]
    )


def _put(cells: list[str], column: int, letter: str) -> None:
    """Write a letter in its column, or in the nearest that is free."""
    for distance in range(len(cells)):
        for near in (column + distance, column - distance):
            if 0 <= near < len(cells) and cells[near] == " ":
                cells[near] = letter
                return


def _time_axis(
    ticks: Sequence[float], place: Callable[[float], float], columns: int, margin: int
) -> tuple[str, str]:
    line, labels = ["-"] * columns, [" "] * columns
    for time_ms in ticks:
        column = round(place(time_ms) * (columns - 1))
        text = duration(time_ms, 1)
        start = max(min(column - len(text) // 2, columns - len(text)), 0)
        if any(cell != " " for cell in labels[max(start - 1, 0) : start + len(text)]):
            continue  # two marks are too close for both their labels
        line[column] = "+"
        labels[start : start + len(text)] = text
    indent = " " * margin
    return f"{indent}+{''.join(line)}", f"{indent} {''.join(labels)}".rstrip()


def _decimals(marked: Sequence[float]) -> int:
    step = marked[1] - marked[0] if len(marked) > 1 else 0.01
    return next((count for count in (0, 2, 3) if step >= 10**-count * 0.999), 4)
