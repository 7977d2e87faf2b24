from __future__ import annotations

from tulle.evaluation.timings import Timing, summarise


def test_takes_the_middle_and_what_nineteen_of_twenty_stay_under() -> None:
    durations = [float(number) for number in range(100, 0, -1)]
    assert summarise(durations) == Timing(median_ms=50.5, p95_ms=95.0)


def test_takes_a_single_picture() -> None:
    assert summarise([7.0]) == Timing(median_ms=7.0, p95_ms=7.0)
