"""Owns how times and prices are written: with no more digits than are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.tuning.result import Origin

if TYPE_CHECKING:
    from decimal import Decimal

    from tulle.tuning.trial import Timing

__all__ = ["digits_of", "duration", "spread", "usd"]


def digits_of(origin: Origin) -> int:
    """Tell how many digits of a figure mean something: a prediction is rougher than a measurement."""
    return 2 if origin is Origin.PREDICTED else 3


def duration(duration_ms: float, digits: int) -> str:
    """Write a time in milliseconds, or in seconds from one on."""
    if float(_rounded(duration_ms, digits)) < 1000:
        return f"{_rounded(duration_ms, digits)} ms"
    return f"{_rounded(duration_ms / 1000, digits)} s"


def usd(amount: Decimal, digits: int) -> str:
    """Write a price, down to the cent at least."""
    text = _rounded(float(amount), digits)
    decimals = max(len(text.partition(".")[2]), 2)
    return f"${float(text):,.{decimals}f}"


def spread(timing: Timing) -> str:
    """Write how far durations spread around the typical one, in percent."""
    if timing.count < 2 or not timing.typical_ms:
        return "–"
    half = (timing.high_ms - timing.low_ms) / 2 / timing.typical_ms
    return f"±{half:.0%}" if half >= 0.005 else "<1%"


def _rounded(number: float, digits: int) -> str:
    """Round to so many significant digits, without an exponent."""
    if number == 0:
        return "0"
    rounded = float(f"{number:.{digits}g}")
    whole = len(str(int(abs(rounded)))) if abs(rounded) >= 1 else 0
    decimals = digits - whole if whole else digits - 1 - int(f"{rounded:e}".partition("e")[2])
    return f"{rounded:.{max(decimals, 0)}f}"
