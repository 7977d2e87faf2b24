"""Owns `estimate`: what a workload would cost on AWS."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tulle.project.api import ApiType

if TYPE_CHECKING:
    from tulle.pricing.rates import Rates
    from tulle.target import Architecture

__all__ = ["Estimate", "Workload", "estimate"]

# HTTP APIs count a request once for each such step of its size.
_HTTP_STEP_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What a function does in a month, each time the same.

    Args:
        requests: how many come.
        billed_duration_ms: what Lambda bills of each, as its REPORT line says.
        api: what stands before the function; `ApiType.NONE` where it is invoked directly.
        request_bytes: the size of a request's body.
    """

    requests: int
    billed_duration_ms: int
    memory_mb: int
    architecture: Architecture
    api: ApiType = ApiType.NONE
    request_bytes: int = 0

    @property
    def gb_s(self) -> Decimal:
        """The memory that is held, and for how long."""
        return Decimal(self.requests * self.memory_mb * self.billed_duration_ms) / 1024 / 1000

    @property
    def api_requests(self) -> int:
        """How many requests the gateway counts."""
        steps = -(-self.request_bytes // _HTTP_STEP_BYTES) if self.api is ApiType.HTTP else 1
        return self.requests * max(steps, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A month's cost in USD, by what is paid for."""

    compute_usd: Decimal
    requests_usd: Decimal
    api_usd: Decimal

    @property
    def total_usd(self) -> Decimal:
        """All of it."""
        return self.compute_usd + self.requests_usd + self.api_usd


def estimate(workload: Workload, rates: Rates, *, free_tier: bool) -> Estimate:
    """Price a month.

    Args:
        workload: all that the account does in it.
        rates: the region's.
        free_tier: whether Lambda's free requests and GB-seconds are taken off. API Gateway has none
            that lasts.
    """
    free_gb_s, free_requests = rates.free_gb_s, rates.free_requests
    if not free_tier:
        free_gb_s = free_requests = Decimal(0)
    tariff = rates.api.get(workload.api)
    return Estimate(
        compute_usd=rates.gb_s[workload.architecture].cost_usd(workload.gb_s, free=free_gb_s),
        requests_usd=rates.request.cost_usd(Decimal(workload.requests), free=free_requests),
        api_usd=tariff.cost_usd(Decimal(workload.api_requests)) if tariff else Decimal(0),
    )
