"""How a tuning looks in the terminal: wide or narrow, without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from tulle.cli.tune_plot import plot
from tulle.cli.tune_table import render
from tulle.tuning.result import Origin
from tulle.tuning.trial import Trial
from unit.tuning.made_tunings import trial, tuning

if TYPE_CHECKING:
    from tulle.tuning.result import Tuning


def made() -> Tuning:
    return tuning(
        trial(128, 800, problem="too small: it held 60 MB"),
        trial(512, 205),
        trial(1024, 110),
        trial(3008, 60),
    )


def shown(width: int) -> list[str]:
    return click.unstyle(render(made(), width=width)).splitlines()


def test_a_wide_terminal_has_all_columns() -> None:
    heading, *rows = shown(120)[:5]
    assert heading.split("  ")[-2:] == ["1M on x86_64", "1M on arm64, if as fast"]
    assert [" ".join(row.split()) for row in rows] == [
        "a 128 MB 8.00 s 800 ms ±10% $1.87 $1.53 too small: it held 60 MB",
        "b 512 MB 2.05 s 205 ms ±10% $1.91 $1.57 cheapest, now",
        "C 1024 MB 1.10 s 110 ms ±10% $2.03 $1.67 balanced",
        "d 3008 MB 600 ms 60.0 ms ±10% $3.14 $2.55 fastest",
    ]


def test_a_narrow_terminal_leaves_out_what_is_least_wanted() -> None:
    heading, *_ = shown(60)
    assert heading.split() == ["memory", "cold", "start", "warm", "call", "1M", "on", "x86_64"]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_the_plot_fits_the_terminal(width: int) -> None:
    lines = plot(made(), width=width).splitlines()[1:]
    assert max(map(len, lines)) <= max(width, 34)
    assert all(line.isascii() for line in lines)


def test_quicker_is_further_left_and_cheaper_further_down() -> None:
    lines = plot(made(), width=80).splitlines()[1:12]
    places = {
        character: (row, line.index(character, 7))
        for row, line in enumerate(lines)
        for character in "abCd"
        if character in line[7:]
    }
    assert places.keys() == {*"abCd"}
    assert places["d"][1] < places["C"][1] < places["b"][1] < places["a"][1]
    assert places["d"][0] < places["C"][0] <= places["b"][0]


def test_points_in_one_place_are_side_by_side() -> None:
    same = tuning(trial(512, 100), trial(1024, 50), trial(2048, 25), trial(3008, 25 * 2048 / 3008))
    lines = plot(same, width=24).splitlines()[1:12]
    letters = "".join(character for line in lines for character in line[8:] if character.isalpha())
    assert sorted(letters.lower()) == [*"abcd"]


def test_a_size_without_a_warm_call_is_told_and_not_drawn() -> None:
    ended = Trial(
        memory_mb=128, warm=None, cold=None, max_memory_used_mb=128, problem="too slow: it ended"
    )
    some = tuning(ended, trial(512, 205))
    table = click.unstyle(render(some, width=120))
    assert table.splitlines()[1].split() == [
        "a",
        "128",
        "MB",
        "–",
        "–",
        "–",
        "–",
        "–",
        "too",
        "slow:",
        "it",
        "ended",
    ]
    assert "a" not in "".join(line[8:] for line in plot(some, width=80).splitlines()[1:12])


def test_a_prediction_has_fewer_digits() -> None:
    some = tuning(trial(512, 205.4), origin=Origin.PREDICTED)
    assert "210 ms" in render(some, width=120)
    assert (
        "512 MB is the best balance of cost and time (predicted), as it has now"
        in click.unstyle(render(some, width=120))
    )
