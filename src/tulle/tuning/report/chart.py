"""Owns the report's chart: what a million calls cost against how long one takes, a point for each size."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from tulle.tuning.figures import digits_of, duration, usd
from tulle.tuning.scale import linear_scale, log_scale

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tulle.tuning.recommendation import Option
    from tulle.tuning.result import Tuning

__all__ = ["chart"]

_CHARACTER = 8.0  # the width of a label's character, set bold, in the drawing's units

_TICK_ROOM = 48.0  # between the marks of two times, so that their labels stay apart


class _Frame:
    """Where the points stand, in the drawing's own units."""

    def __init__(self, tuning: Tuning, width: int, height: int) -> None:
        recommendation = tuning.recommendation
        self.width, self.height = width, height
        self.left, self.right, self.top, self.bottom = 62, width - 16, 20, height - 52
        self.digits = digits_of(tuning.origin)
        self.options = [each for each in recommendation.options if each.trial.warm]
        self._architecture = recommendation.architecture
        self.times = log_scale([self.time_ms(each) for each in self.options])
        self.costs = linear_scale([self.cost_usd(each) for each in self.options])

    @staticmethod
    def time_ms(option: Option) -> float:
        assert option.trial.warm is not None  # noqa: S101 (the others were left out)
        return max(option.trial.warm.typical_ms, 0.01)

    def cost_usd(self, option: Option) -> float:
        return float(option.million_usd[self._architecture])

    def x(self, time_ms: float) -> float:
        return self.left + self.times.place(time_ms) * (self.right - self.left)

    def y(self, cost_usd: float) -> float:
        return self.bottom - self.costs.place(cost_usd) * (self.bottom - self.top)

    def point(self, option: Option) -> tuple[float, float]:
        return self.x(self.time_ms(option)), self.y(self.cost_usd(option))


def chart(tuning: Tuning) -> str:
    """Draw the chart twice, for wide and for narrow screens, of which each shows one."""
    return _drawing(tuning, "wide", 760, 400) + _drawing(tuning, "narrow", 340, 330)


def _drawing(tuning: Tuning, kind: str, width: int, height: int) -> str:
    frame = _Frame(tuning, width, height)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(frame.point, frame.options))
    title = "What a million calls cost against how long a call takes, by memory size"
    return (
        f'<svg class="chart {kind}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="chart-{kind}">'
        f'<title id="chart-{kind}">{title}</title>'
        + "".join(_grid(frame, narrow=kind == "narrow"))
        + f'<polyline class="way" points="{path}"/>'
        + "".join(_points(tuning, frame))
        + "</svg>"
    )


def _grid(frame: _Frame, *, narrow: bool) -> Iterator[str]:
    for cost in frame.costs.ticks(5):
        y = frame.y(cost)
        yield f'<line class="grid" x1="{frame.left}" y1="{y:.1f}" x2="{frame.right}" y2="{y:.1f}"/>'
        yield f'<text x="{frame.left - 8}" y="{y + 4:.1f}" text-anchor="end">${cost:.{_decimals(frame)}f}</text>'
    before = -_TICK_ROOM
    for time_ms in frame.times.ticks(4 if narrow else 7):
        x = frame.x(time_ms)
        if x - before < _TICK_ROOM:
            continue
        before = x
        yield f'<line class="grid" x1="{x:.1f}" y1="{frame.top}" x2="{x:.1f}" y2="{frame.bottom}"/>'
        label = duration(time_ms, 1)
        yield f'<text x="{x:.1f}" y="{frame.bottom + 18}" text-anchor="middle">{label}</text>'
    middle = (frame.left + frame.right) / 2
    yield f'<text x="{middle:.0f}" y="{frame.height - 8}" text-anchor="middle">a warm call</text>'
    yield f'<text x="4" y="{frame.top - 6}">a million calls</text>'


def _decimals(frame: _Frame) -> int:
    ticks = frame.costs.ticks(5)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 0.01
    return next((count for count in (0, 2, 3) if step >= 10**-count * 0.999), 4)


def _points(tuning: Tuning, frame: _Frame) -> Iterator[str]:
    """Draw the points, and label each where there is room: the chosen one first."""
    recommendation, taken = tuning.recommendation, _Taken(frame)
    chosen = recommendation.memory_mb
    for option in sorted(frame.options, key=lambda each: each.trial.memory_mb != chosen):
        x, y = frame.point(option)
        memory_mb = option.trial.memory_mb
        kind = "chosen" if memory_mb == chosen else "out" if option.trial.problem else "point"
        cost = usd(option.million_usd[recommendation.architecture], frame.digits)
        told = f"{memory_mb} MB: {duration(frame.time_ms(option), frame.digits)}, {cost} a million calls"
        label = f"{memory_mb} MB" if memory_mb == chosen else f"{memory_mb}"
        place = taken.find(x, y, label)
        text = (
            f'<text class="{kind}" x="{place[0]:.1f}" y="{place[1]:.1f}">{label}</text>'
            if place
            else ""
        )
        radius = 8 if kind == "chosen" else 5
        yield (
            f'<g><title>{told}</title><circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'
            f"{text}</g>"
        )


class _Taken:
    """The boxes that labels and points cover already."""

    def __init__(self, frame: _Frame) -> None:
        self._frame = frame
        points = [*map(frame.point, frame.options)]
        self._boxes = [
            *((x - 9, y - 9, x + 9, y + 9) for x, y in points),
            *(_around(x, y) for start, end in pairwise(points) for x, y in _along(start, end)),
        ]

    def find(self, x: float, y: float, label: str) -> tuple[float, float] | None:
        """Find a place for a point's label that covers nothing; None where there is none."""
        width = len(label) * _CHARACTER
        around = (
            (x - width / 2, y - 13),
            (x - width / 2, y + 23),
            (x + 13, y + 4),
            (x - width - 13, y + 4),
            (x + 7, y - 12),
            (x - width - 7, y - 12),
            (x + 7, y + 22),
            (x - width - 7, y + 22),
            (x - width / 2, y + 36),
            (x - width / 2, y - 26),
        )
        for left, base in around:
            box = (left, base - 11, left + width, base + 2)
            if self._inside(box) and not any(_touch(box, other) for other in self._boxes):
                self._boxes.append(box)
                return left, base
        return None

    def _inside(self, box: tuple[float, float, float, float]) -> bool:
        frame = self._frame
        left, top, right, bottom = box
        return (
            left >= frame.left
            and right <= frame.width
            and top >= frame.top - 4
            and bottom <= frame.bottom
        )


def _along(start: tuple[float, float], end: tuple[float, float]) -> Iterator[tuple[float, float]]:
    """Give points on the way from one to another, close to each other."""
    (x, y), (to_x, to_y) = start, end
    steps = int(max(abs(to_x - x), abs(to_y - y)) // 3) + 1
    for step in range(steps + 1):
        yield x + (to_x - x) * step / steps, y + (to_y - y) * step / steps


def _around(x: float, y: float) -> tuple[float, float, float, float]:
    return x - 2, y - 2, x + 2, y + 2


def _touch(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
