"""Spans of time, as they are written on the command line."""

from __future__ import annotations

from datetime import timedelta

import click
import pytest

from tulle.cli.time_span import TimeSpan, span_text


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("90s", timedelta(seconds=90), "90 s"),
        ("10m", timedelta(minutes=10), "10 min"),
        ("1h", timedelta(hours=1), "60 min"),
        ("6h", timedelta(hours=6), "6 h"),
        ("1d", timedelta(days=1), "24 h"),
        ("36h", timedelta(hours=36), "36 h"),
        ("7d", timedelta(days=7), "7 d"),
    ],
)
def test_a_number_with_its_unit(text: str, span: timedelta, shown: str) -> None:
    read = TimeSpan().convert(text, None, None)
    assert read == span
    assert TimeSpan().convert(read, None, None) == span
    assert span_text(span) == shown


@pytest.mark.parametrize(
    "text", ["", "10", "m", "0h", "-1d", "1.5h", "1w", "1h30m", "4000d", "9" * 20 + "d"]
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(click.BadParameter, match="write 90s, 10m, 2h or 1d"):
        TimeSpan().convert(text, None, None)
