"""Owns how a span of time is written on the command line: `10m`, `2h`, `1d`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from typing import Any

__all__ = ["TimeSpan", "span_text"]

_SPAN = re.compile(r"(\d{1,9})([smhd])")
_LONGEST = timedelta(days=3653)  # as long as CloudWatch keeps a log at most, unless for ever
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class TimeSpan(click.ParamType[timedelta]):
    """Reads a span of time."""

    name = "span"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read a number with its unit."""
        if isinstance(value, timedelta):
            return value
        found = _SPAN.fullmatch(str(value))
        span = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta()
        if not timedelta() < span <= _LONGEST:
            self.fail(f"'{value}' is no span of time: write 90s, 10m, 2h or 1d", param, ctx)
        return span


def span_text(span: timedelta) -> str:
    """Write a span in the largest unit of which it has more than one."""
    seconds = round(span.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds > size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
