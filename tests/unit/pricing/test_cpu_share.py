"""What a memory size brings of a processor."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tulle.pricing.cpu_share import VCPU_MB, cpu_share, scaled_duration_ms

SIZES = st.integers(128, 10_240)


def test_a_vcpu_comes_with_1769_mb() -> None:
    assert cpu_share(VCPU_MB) == 1
    assert cpu_share(3538) == 2
    assert cpu_share(128) == pytest.approx(0.07236, abs=1e-5)


@pytest.mark.parametrize(
    ("from_mb", "to_mb", "threads", "ms"),
    [
        (1024, 512, 1, 200.0),  # half the memory, half the processor: exactly twice as long
        (1024, 2048, 1, 100 * (1024 / 1769)),  # a second vCPU does not help one thread
        (2048, 4096, 1, 100.0),
        (1769, 3538, 2, 50.0),
        (3538, 1769, 2, 200.0),
        (1769, 10_240, 4, 25.0),
        (1024, 1024, 1, 100.0),
    ],
)
def test_work_takes_longer_with_less(from_mb: int, to_mb: int, threads: int, ms: float) -> None:
    assert scaled_duration_ms(100, from_mb=from_mb, to_mb=to_mb, threads=threads) == ms


@settings(deadline=None, derandomize=True)
@given(st.floats(0.01, 900_000), SIZES, SIZES, st.integers(1, 6))
def test_there_and_back_is_as_long_as_before(
    duration_ms: float, one_mb: int, other_mb: int, threads: int
) -> None:
    there = scaled_duration_ms(duration_ms, from_mb=one_mb, to_mb=other_mb, threads=threads)
    back = scaled_duration_ms(there, from_mb=other_mb, to_mb=one_mb, threads=threads)
    assert back == pytest.approx(duration_ms)
    assert (there >= duration_ms) or (other_mb > one_mb)
