"""How times, prices and spreads are written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tulle.tuning.figures import duration, spread, usd
from tulle.tuning.trial import Timing


@pytest.mark.parametrize(
    ("duration_ms", "digits", "text"),
    [
        (152.4, 2, "150 ms"),
        (152.4, 3, "152 ms"),
        (9.83, 2, "9.8 ms"),
        (7.0, 2, "7.0 ms"),
        (0.042, 2, "0.042 ms"),
        (999.6, 2, "1.0 s"),
        (1109.6, 2, "1.1 s"),
        (12_345, 3, "12.3 s"),
        (123_456, 2, "120 s"),
        (0, 2, "0 ms"),
    ],
)
def test_times_have_no_more_digits_than_are_known(
    duration_ms: float, digits: int, text: str
) -> None:
    assert duration(duration_ms, digits) == text


@pytest.mark.parametrize(
    ("amount", "digits", "text"),
    [
        ("0.51875", 2, "$0.52"),
        ("0.51875", 3, "$0.519"),
        ("0.5", 2, "$0.50"),
        ("3.14159", 2, "$3.10"),
        ("0.00214", 2, "$0.0021"),
        ("1234.5", 3, "$1,230.00"),
        ("0", 2, "$0.00"),
    ],
)
def test_prices_go_down_to_the_cent_at_least(amount: str, digits: int, text: str) -> None:
    assert usd(Decimal(amount), digits) == text


@pytest.mark.parametrize(
    ("low_ms", "high_ms", "count", "text"),
    [(90, 110, 9, "±10%"), (99.8, 100.2, 9, "<1%"), (90, 110, 1, "–")],
)
def test_spreads_are_shares_of_the_typical(
    low_ms: float, high_ms: float, count: int, text: str
) -> None:
    timing = Timing(typical_ms=100, low_ms=low_ms, high_ms=high_ms, billed_ms=100, count=count)
    assert spread(timing) == text
