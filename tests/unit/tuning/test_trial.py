"""What many durations come to."""

from __future__ import annotations

import pytest

from tulle.tuning.trial import median_timing, trimmed_timing


def test_a_median_has_quartiles() -> None:
    timing = median_timing([30.4, 10.2, 20.1, 50.9, 40.7])
    assert (timing.low_ms, timing.typical_ms, timing.high_ms) == (20.1, 30.4, 40.7)
    assert timing.count == 5


def test_one_duration_is_its_own_median() -> None:
    timing = median_timing([7.5])
    assert (timing.low_ms, timing.typical_ms, timing.high_ms, timing.billed_ms) == (7.5,) * 3 + (8,)


def test_the_fastest_and_the_slowest_fifth_are_left_out() -> None:
    # As AWS Lambda Power Tuning: of ten, two at either end.
    timing = trimmed_timing([1000, 12, 14, 11, 13, 15, 16, 17, 1, 900])
    assert timing.typical_ms == (12 + 13 + 14 + 15 + 16 + 17) / 6
    assert (timing.low_ms, timing.high_ms, timing.count) == (12, 17, 10)


@pytest.mark.parametrize(("count", "kept"), [(4, 4), (5, 3), (9, 7), (10, 6), (20, 12)])
def test_so_many_remain(count: int, kept: int) -> None:
    timing = trimmed_timing([float(number) for number in range(count)])
    assert timing.high_ms - timing.low_ms == kept - 1


def test_each_call_is_billed_by_whole_milliseconds() -> None:
    assert trimmed_timing([1.0, 1.1, 2.5, 3.9]).billed_ms == (1 + 2 + 3 + 4) / 4
