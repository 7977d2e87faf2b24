"""Owns `estimate`: what a workload would cost on AWS, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tulle.pricing.rates import Priced

if TYPE_CHECKING:
    from tulle.pricing.rates import Charge, Rates, Tariff
    from tulle.pricing.workload import Workload

__all__ = ["Estimate", "EstimateLine", "estimate"]

_COMPUTE = frozenset(
    {
        Priced.COMPUTE_X86_64,
        Priced.COMPUTE_ARM64,
        Priced.PROVISIONED_X86_64,
        Priced.PROVISIONED_ARM64,
        Priced.PROVISIONED_COMPUTE_X86_64,
        Priced.PROVISIONED_COMPUTE_ARM64,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateLine:
    """What one thing costs in a month.

    Args:
        quantity: how much there is of it.
        unit: of what, such as `GB-s`.
        free: how much of that costs nothing.
        charges: the rest, by the tiers of the tariff.
    """

    priced: Priced
    quantity: Decimal
    unit: str
    free: Decimal
    charges: tuple[Charge, ...]

    @property
    def usd(self) -> Decimal:
        """What it costs."""
        return sum((charge.usd for charge in self.charges), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A month's cost in USD."""

    lines: tuple[EstimateLine, ...]
    requests: int

    @property
    def total_usd(self) -> Decimal:
        """All of it."""
        return sum((line.usd for line in self.lines), Decimal(0))

    @property
    def request_usd(self) -> Decimal:
        """Divide the month among its requests."""
        return self.total_usd / max(self.requests, 1)

    @property
    def compute_usd(self) -> Decimal:
        """What the memory costs that is held."""
        return sum((line.usd for line in self.lines if line.priced in _COMPUTE), Decimal(0))

    @property
    def requests_usd(self) -> Decimal:
        """What Lambda asks for being asked."""
        return self.usd(Priced.REQUESTS)

    @property
    def api_usd(self) -> Decimal:
        """What the gateway asks."""
        return self.usd(Priced.HTTP_API) + self.usd(Priced.REST_API)

    def usd(self, priced: Priced) -> Decimal:
        """Tell what one thing costs; nothing where there is none of it."""
        return sum((line.usd for line in self.lines if line.priced is priced), Decimal(0))


def estimate(workload: Workload, rates: Rates, *, free_tier: bool) -> Estimate:
    """Price a month.

    Args:
        workload: all that the account does in it.
        rates: the region's.
        free_tier: whether what is free for every account and for good is taken off. (What AWS gives
            to new accounts for a while is not known here.) Lambda gives nothing free to functions
            with provisioned concurrency.
    """
    return Estimate(
        lines=tuple(
            _line(
                priced,
                quantity,
                rates.tariffs[priced],
                free_tier=free_tier and not (priced is Priced.REQUESTS and workload.provisioned),
            )
            for priced, quantity in workload.quantities().items()
        ),
        requests=workload.requests,
    )


def _line(priced: Priced, quantity: Decimal, tariff: Tariff, *, free_tier: bool) -> EstimateLine:
    free = min(tariff.free, quantity) if free_tier else Decimal(0)
    return EstimateLine(
        priced=priced,
        quantity=quantity,
        unit=tariff.unit,
        free=free,
        charges=tariff.charges(quantity - free),
    )
