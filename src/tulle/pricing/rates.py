"""Owns `Rates`: what AWS asks in a region, by the steps of its price list, and where that stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, NotRequired, TypedDict

from tulle.errors import RatesUnknown
from tulle.project.api import ApiType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tulle.target import Architecture

__all__ = ["Charge", "Priced", "Rates", "Source", "Tariff", "find_rates", "known_regions"]


class Priced(StrEnum):
    """What AWS has a price for."""

    REQUESTS = "requests"
    COMPUTE_X86_64 = "compute-x86_64"
    COMPUTE_ARM64 = "compute-arm64"
    EPHEMERAL_STORAGE = "ephemeral-storage"
    PROVISIONED_X86_64 = "provisioned-x86_64"
    PROVISIONED_ARM64 = "provisioned-arm64"
    PROVISIONED_COMPUTE_X86_64 = "provisioned-compute-x86_64"
    PROVISIONED_COMPUTE_ARM64 = "provisioned-compute-arm64"
    HTTP_API = "http-api"
    REST_API = "rest-api"
    LOG_INGESTION = "log-ingestion"
    LOG_STORAGE = "log-storage"
    ALARMS = "alarms"
    TRANSFER_OUT = "transfer-out"
    IMAGE_STORAGE = "image-storage"
    ZIP_STORAGE = "zip-storage"

    @classmethod
    def compute(cls, architecture: Architecture) -> Priced:
        """Name the memory that is held while a function runs."""
        return cls(f"compute-{architecture}")

    @classmethod
    def provisioned(cls, architecture: Architecture) -> Priced:
        """Name the memory that environments hold which are kept ready."""
        return cls(f"provisioned-{architecture}")

    @classmethod
    def provisioned_compute(cls, architecture: Architecture) -> Priced:
        """Name the memory that is held while a function runs in such an environment."""
        return cls(f"provisioned-compute-{architecture}")

    @classmethod
    def gateway(cls, api: ApiType) -> Priced | None:
        """Name the requests to a gateway; None where it costs nothing, as a function URL."""
        return {ApiType.HTTP: cls.HTTP_API, ApiType.REST: cls.REST_API}.get(api)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a figure stands.

    Args:
        date: the day of the price list, or the day on which the page was read.
        note: what to know of it.
    """

    url: str
    date: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """An amount that is paid for at one rate."""

    quantity: Decimal
    rate_usd: Decimal

    @property
    def usd(self) -> Decimal:
        """What it costs."""
        return self.quantity * self.rate_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """The rate of one unit, which falls with the amount of a month.

    Args:
        what: what the unit is of.
        unit: such as `GB-s`.
        tiers: the amount with which each begins, and its rate; the first begins with 0.
        free: how much of a month costs nothing, for every account and for good.
        free_source: where that stands; None where nothing is free.
    """

    what: str
    unit: str
    tiers: tuple[tuple[Decimal, Decimal], ...]
    source: Source
    free: Decimal = Decimal(0)
    free_source: Source | None = None

    def charges(self, amount: Decimal) -> tuple[Charge, ...]:
        """Divide the amount of a month among the tiers."""
        ends = [*(begin for begin, _ in self.tiers), max(amount, self.tiers[-1][0])]
        parts = (
            Charge(quantity=min(amount, end) - begin, rate_usd=rate)
            for (begin, end), (_, rate) in zip(pairwise(ends), self.tiers, strict=True)
        )
        return tuple(part for part in parts if part.quantity > 0)

    def cost_usd(self, amount: Decimal) -> Decimal:
        """Price the amount of a month."""
        return sum((charge.usd for charge in self.charges(amount)), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """A region's rates in USD, without tax."""

    region: str
    tariffs: Mapping[Priced, Tariff]

    @property
    def date(self) -> str:
        """The date of the newest price list among the sources."""
        return max(tariff.source.date for tariff in self.tariffs.values())


class _Kind(TypedDict):
    what: str
    unit: str
    free_a_month: NotRequired[int]
    free_source: NotRequired[str]


class _Row(TypedDict):
    source: str
    tiers: list[tuple[int, str]]


class _Source(TypedDict):
    url: str
    date: str
    note: NotRequired[str]


class _Table(TypedDict):
    sources: dict[str, _Source]
    priced: dict[str, _Kind]
    regions: dict[str, dict[str, _Row]]


def known_regions() -> tuple[str, ...]:
    """List the regions whose rates are known."""
    return tuple(sorted(_table()["regions"]))


@cache
def find_rates(region: str) -> Rates:
    """Read the rates of a region.

    Raises:
        RatesUnknown: tulle does not have them, and does not guess.
    """
    table = _table()
    if region not in table["regions"]:
        known = " and ".join(known_regions())
        raise RatesUnknown(
            f"tulle has no prices of the region `{region}`",
            hint=f"it has those of {known}: name one of them with --region; other regions mostly ask "
            "the same or somewhat more (https://aws.amazon.com/lambda/pricing/)",
        )
    return Rates(region=region, tariffs=dict(_tariffs(table, table["regions"][region])))


@cache
def _table() -> _Table:
    text = files("tulle.pricing").joinpath("rates.json").read_text(encoding="utf-8")
    table: _Table = json.loads(text)
    return table


def _tariffs(table: _Table, rows: Mapping[str, _Row]) -> Iterator[tuple[Priced, Tariff]]:
    sources = {name: Source(**said) for name, said in table["sources"].items()}
    for name, row in rows.items():
        kind = table["priced"][name]
        free_source = kind.get("free_source")
        yield (
            Priced(name),
            Tariff(
                what=kind["what"],
                unit=kind["unit"],
                tiers=tuple((Decimal(begin), Decimal(rate)) for begin, rate in row["tiers"]),
                source=sources[row["source"]],
                free=Decimal(kind.get("free_a_month", 0)),
                free_source=None if free_source is None else sources[free_source],
            ),
        )
