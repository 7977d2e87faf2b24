"""Owns the errors about what a function costs, and about finding what it should be given."""

from __future__ import annotations

from tulle.errors.error import TulleError

__all__ = ["MeasurementFailed", "PricingError", "RatesUnknown", "TuningFailed"]


class PricingError(TulleError):
    """What a function costs cannot be told."""

    code = "pricing"
    exit_code = 8


class MeasurementFailed(PricingError):
    """A function cannot be timed, for it fails."""

    code = "measurement-failed"


class RatesUnknown(PricingError):
    """A region's rates are not among those that tulle knows."""

    code = "rates-unknown"


class TuningFailed(PricingError):
    """No memory size can be recommended, or what was tried could not be."""

    code = "tuning-failed"
