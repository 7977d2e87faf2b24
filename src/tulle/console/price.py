"""Owns the price tag of an invocation: what it would have cost on AWS, and what a million would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.pricing.estimate import estimate
from tulle.pricing.rates import Priced
from tulle.pricing.workload import Workload
from tulle.project.api import ApiType

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from tulle.console.json_text import Json
    from tulle.console.record import Record
    from tulle.emulator.invocation import Report
    from tulle.pricing.rates import Rates
    from tulle.target import Architecture

__all__ = ["PriceTag"]

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTag:
    """Prices invocations by a region's rates.

    Args:
        api: what stands before the function.
    """

    rates: Rates
    architecture: Architecture
    api: ApiType

    def __call__(self, record: Record, report: Report) -> Json:
        """Price a call as it was, and a million that are like it but find a warm environment."""
        init_ms = report.init_duration_ms or 0
        call = self._workload(record, report, report.duration_ms + init_ms)
        million = self._workload(record, report, report.duration_ms, requests=_MILLION)
        estimates = (
            estimate(call, self.rates, free_tier=False),
            estimate(million, self.rates, free_tier=False),
            estimate(million, self.rates, free_tier=True),
        )
        parts = [
            {"what": "compute", **_prices(each.compute_usd for each in estimates)},
            {"what": "requests", **_prices(each.requests_usd for each in estimates)},
        ]
        if Priced.gateway(call.api) is not None:
            parts.append({"what": "gateway", **_prices(each.api_usd for each in estimates)})
        return {
            **_prices(each.total_usd for each in estimates),
            "parts": list(parts),
            "region": self.rates.region,
            "architecture": self.architecture,
            "rates_date": self.rates.date,
        }

    def _workload(
        self, record: Record, report: Report, duration_ms: float, *, requests: int = 1
    ) -> Workload:
        answered = record.answered
        return Workload(
            requests=requests,
            duration_ms=duration_ms,
            memory_mb=report.memory_size_mb,
            architecture=self.architecture,
            api=ApiType.NONE if answered is None else self.api,
            request_bytes=0 if answered is None else answered.request_bytes,
        )


def _prices(prices_usd: Iterable[Decimal]) -> dict[str, Json]:
    names = ("call_usd", "million_usd", "million_free_usd")
    return dict(zip(names, map(float, prices_usd), strict=True))
