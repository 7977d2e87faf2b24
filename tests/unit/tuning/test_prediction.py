"""What a function does at a memory size, reckoned by hand."""

from __future__ import annotations

import pytest

from tulle.tuning.measurement import ColdStart, Effort, Measurement
from tulle.tuning.prediction import predict, predicted_ms

WORK = Effort(wall_ms=80, serial_ms=30, parallel_ms=40, waiting_ms=10)
"""70 ms of a processor, of which 40 ms could be shared, and 10 ms of waiting for something else."""


def effort(serial_ms: float, *, waiting_ms: float = 0) -> Effort:
    return Effort(
        wall_ms=serial_ms + waiting_ms,
        serial_ms=serial_ms,
        parallel_ms=0,
        waiting_ms=waiting_ms,
    )


def measurement(*, init_ms: float = 100, first_ms: float = 20, held_mb: int = 100) -> Measurement:
    return Measurement(
        cold=(ColdStart(init=effort(init_ms), first=effort(first_ms)),) * 3,
        warm=(effort(8), effort(10), effort(12)),
        max_memory_used_mb=held_mb,
        processors=2,
    )


@pytest.mark.parametrize(
    ("memory_mb", "expected_ms"),
    [
        (1769, 10 + 70),  # one processor: nothing is shared
        (3538, 10 + 30 + 20),  # two: what is shared takes half
        (7076, 10 + 30 + 10),  # four: a quarter
        (442, 10 + 70 / (442 / 1769)),  # a quarter of one: all of the work takes four times as long
    ],
)
def test_work_takes_as_long_as_its_share_of_a_processor_allows(
    memory_mb: int, expected_ms: float
) -> None:
    assert predicted_ms(WORK, memory_mb) == pytest.approx(expected_ms)


def test_waiting_takes_as_long_at_any_size() -> None:
    waiting = Effort(wall_ms=200, serial_ms=0, parallel_ms=0, waiting_ms=200)
    assert {predicted_ms(waiting, memory_mb) for memory_mb in (128, 1769, 10240)} == {200}


def test_a_trial_has_medians_and_quartiles() -> None:
    trial = predict(measurement(), memory_mb=1769, timeout_s=30)
    assert trial.warm is not None
    assert (trial.warm.low_ms, trial.warm.typical_ms, trial.warm.high_ms) == (9, 10, 11)
    assert trial.cold is not None
    assert trial.cold.typical_ms == 120
    assert (trial.warm.count, trial.cold.count) == (3, 3)
    assert trial.problem is None


def test_a_fifth_more_memory_than_was_held_is_enough() -> None:
    small, enough = (predict(measurement(), memory_mb=mb, timeout_s=30) for mb in (119, 120))
    assert (enough.problem, enough.max_memory_used_mb) == (None, 100)
    assert small.problem == "too small: it held 100 MB, and should have 120"


def test_a_call_must_end_within_the_time_limit() -> None:
    # 200 ms at an eighth of a processor are 1.6 s.
    slow = measurement(first_ms=200, held_mb=10)
    assert predict(slow, memory_mb=1769 // 8, timeout_s=2).problem is None
    problem = predict(slow, memory_mb=1769 // 8, timeout_s=1).problem
    assert problem == "too slow: a call may take 2 s, and the time limit is 1 s"


def test_an_init_of_more_than_ten_seconds_is_done_twice_the_second_time_on_the_calls_time() -> None:
    heavy = measurement(init_ms=6_000, first_ms=1_000)
    whole = predict(heavy, memory_mb=1769, timeout_s=10)
    assert whole.cold is not None
    assert (whole.cold.typical_ms, whole.problem) == (7_000, None)
    # 885 of 1769 MB is half a processor, nearly: 12 s of init, of which Lambda sees 10 before it begins anew.
    half = predict(heavy, memory_mb=885, timeout_s=10)
    assert half.cold is not None
    assert half.cold.typical_ms == pytest.approx(10_000 + 7_000 * 1769 / 885)
    assert half.problem is not None
    assert "may take 14 s, and the time limit is 10 s" in half.problem
    assert predict(heavy, memory_mb=885, timeout_s=15).problem is None
