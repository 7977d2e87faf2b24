"""Owns `Rates`: what AWS asks in a region, by the steps of its price list."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, TypedDict

from tulle.project.api import ApiType
from tulle.target import Architecture

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Rates", "Tariff", "find_rates"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """The rate of one unit, which falls with the amount of a month.

    Args:
        tiers: the amount with which each begins, and its rate; the first begins with 0.
    """

    tiers: tuple[tuple[Decimal, Decimal], ...]

    def cost_usd(self, amount: Decimal, *, free: Decimal = Decimal(0)) -> Decimal:
        """Price the amount of a month, of which the first part may be free."""
        ends = [*(begin for begin, _ in self.tiers), max(amount, free)]
        return sum(
            (
                rate * max(min(amount, end) - max(begin, free), Decimal(0))
                for (begin, end), (_, rate) in zip(pairwise(ends), self.tiers, strict=True)
            ),
            Decimal(0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """A region's rates in USD, without tax.

    Args:
        gb_s: of a GB of memory for a second, by processor.
        api: of a request to a gateway; a function URL is in neither, for it costs nothing.
        free_requests: how many requests of a month cost nothing, for every account and always.
        free_gb_s: likewise, on all processors together.
        date: that of the newest price list among the sources.
    """

    region: str
    gb_s: Mapping[Architecture, Tariff]
    request: Tariff
    api: Mapping[ApiType, Tariff]
    free_requests: Decimal
    free_gb_s: Decimal
    date: str


class _Region(TypedDict):
    gb_s: dict[str, list[tuple[int, str]]]
    request: list[tuple[int, str]]
    api: dict[str, list[tuple[int, str]]]


@cache
def find_rates(region: str) -> Rates:
    """Read the rates of a region; a `KeyError` says that none are known."""
    table = json.loads(files("tulle.pricing").joinpath("rates.json").read_text(encoding="utf-8"))
    row: _Region = table["regions"][region]
    return Rates(
        region=region,
        gb_s={Architecture(name): _tariff(tiers) for name, tiers in row["gb_s"].items()},
        request=_tariff(row["request"]),
        api={ApiType(name): _tariff(tiers) for name, tiers in row["api"].items()},
        free_requests=Decimal(table["free_a_month"]["requests"]),
        free_gb_s=Decimal(table["free_a_month"]["gb_s"]),
        date=max(source["date"] for source in table["sources"]),
    )


def _tariff(tiers: Sequence[tuple[int, str]]) -> Tariff:
    return Tariff(tiers=tuple((Decimal(begin), Decimal(rate)) for begin, rate in tiers))
