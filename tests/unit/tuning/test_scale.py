"""Where values stand on a plot, and which are marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tulle.tuning.scale import linear_scale, log_scale

VALUES = st.lists(st.floats(min_value=0.01, max_value=1e7), min_size=1, max_size=12)


def test_equal_proportions_are_equally_far_apart() -> None:
    scale = log_scale([10, 1000])
    assert scale.place(100) - scale.place(10) == pytest.approx(scale.place(1000) - scale.place(100))


def test_marks_are_round() -> None:
    assert log_scale([6.9, 160]).ticks(7) == (10, 20, 50, 100, 200)
    assert [round(tick, 6) for tick in linear_scale([0.54, 0.81]).ticks(5)] == [0.6, 0.7, 0.8]


def test_values_that_hardly_differ_stand_close_together() -> None:
    scale = linear_scale([1.0, 1.001])
    assert scale.place(1.001) - scale.place(1.0) < 0.02


@given(VALUES, st.integers(min_value=1, max_value=8))
def test_all_values_have_a_place_and_marks_are_few(values: list[float], most: int) -> None:
    for scale in (linear_scale(values), log_scale(values)):
        assert all(0 <= scale.place(value) <= 1 for value in values)
        ticks = scale.ticks(most)
        assert len(ticks) <= most
        assert all(-1e-6 <= scale.place(tick) <= 1 + 1e-6 for tick in ticks)
