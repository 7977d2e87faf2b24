"""Owns what another processor, memory size, package or gateway would make of a workload's cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from tulle.pricing.cpu_share import scaled_duration_ms
from tulle.pricing.estimate import Estimate, estimate
from tulle.project.api import ApiType
from tulle.project.project import PackageType
from tulle.target import Architecture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from tulle.pricing.rates import Rates
    from tulle.pricing.workload import Workload

__all__ = [
    "SIZES_MB",
    "Alternative",
    "Change",
    "MemorySize",
    "Quote",
    "WhatIf",
    "find_alternatives",
    "quote",
    "scaled_sizes",
]

SIZES_MB = (512, 1024, 1769, 3008)
"""Memory sizes to compare: up to one vCPU, and beyond."""


class Change(StrEnum):
    """In what an alternative differs."""

    ARCHITECTURE = "architecture"
    MEMORY = "memory"
    PACKAGE = "package"
    GATEWAY = "gateway"

    @property
    def assumption(self) -> str:
        """What is held to be true of the alternative, so that it can be priced."""
        return {
            Change.ARCHITECTURE: "another processor takes as long",
            Change.MEMORY: (
                "1,769 MB bring one vCPU and less brings less of it; an init that was not measured "
                "takes as long at every size"
            ),
            Change.PACKAGE: "a zip and an image start and run in the same time",
            Change.GATEWAY: "answers are as large through another gateway",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A workload with its two prices.

    Args:
        full: without the free tier.
        reduced: with it, as though the account did nothing else.
    """

    workload: Workload
    full: Estimate
    reduced: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """The same work done in another way.

    Args:
        value: what stands in its place: `arm64`, `512` (MB), `zip`, `url`.
        difference_usd: of a month, without the free tier; below 0 where it is cheaper.
    """

    change: Change
    value: str
    quote: Quote
    difference_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorySize:
    """A memory size, and how long a request and an init take at it."""

    memory_mb: int
    duration_ms: float
    init_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What else there is to choose from.

    Args:
        memory_sizes: with the durations that are expected of each.
        image_bytes: what ECR would keep; None where there is no image to be had.
        zip_bytes: what S3 would keep; None where there is no zip to be had, or Lambda would not take it.
    """

    memory_sizes: tuple[MemorySize, ...] = ()
    image_bytes: int | None = None
    zip_bytes: int | None = None


def quote(workload: Workload, rates: Rates) -> Quote:
    """Price a month with the free tier and without."""
    return Quote(
        workload=workload,
        full=estimate(workload, rates, free_tier=False),
        reduced=estimate(workload, rates, free_tier=True),
    )


def scaled_sizes(
    workload: Workload, sizes_mb: tuple[int, ...] = SIZES_MB
) -> tuple[MemorySize, ...]:
    """Expect of other memory sizes what the share of a processor makes of a workload's duration.

    All of a request is held to be one thread's work on the processor, and an init to take as long at
    every size.
    """
    return tuple(
        MemorySize(
            memory_mb=memory_mb,
            duration_ms=scaled_duration_ms(
                workload.duration_ms, from_mb=workload.memory_mb, to_mb=memory_mb
            ),
            init_ms=workload.init_ms,
        )
        for memory_mb in sizes_mb
    )


def find_alternatives(workload: Workload, rates: Rates, what_if: WhatIf) -> tuple[Alternative, ...]:
    """Price what differs from a workload in one choice; `Change.assumption` says what is assumed."""
    now_usd = estimate(workload, rates, free_tier=False).total_usd
    found = []
    for change, value, other in _variants(workload, what_if):
        priced = quote(other, rates)
        found.append(
            Alternative(
                change=change,
                value=value,
                quote=priced,
                difference_usd=priced.full.total_usd - now_usd,
            )
        )
    return tuple(found)


def _variants(workload: Workload, what_if: WhatIf) -> Iterator[tuple[Change, str, Workload]]:
    for architecture in Architecture:
        if architecture is not workload.architecture:
            other = replace(workload, architecture=architecture)
            yield Change.ARCHITECTURE, str(architecture), other
    for size in sorted(what_if.memory_sizes, key=lambda size: size.memory_mb):
        if size.memory_mb != workload.memory_mb:
            yield Change.MEMORY, str(size.memory_mb), _resized(workload, size)
    if what_if.zip_bytes is not None and not workload.zip_bytes:
        other = replace(workload, image_bytes=0, zip_bytes=what_if.zip_bytes)
        yield Change.PACKAGE, str(PackageType.ZIP), other
    if what_if.image_bytes is not None and not workload.image_bytes:
        other = replace(workload, image_bytes=what_if.image_bytes, zip_bytes=0)
        yield Change.PACKAGE, str(PackageType.IMAGE), other
    if workload.api is not ApiType.NONE:
        for api in (ApiType.HTTP, ApiType.REST, ApiType.URL):
            if api is not workload.api:
                yield Change.GATEWAY, str(api), replace(workload, api=api)


def _resized(workload: Workload, size: MemorySize) -> Workload:
    return replace(
        workload,
        memory_mb=size.memory_mb,
        duration_ms=size.duration_ms,
        init_ms=size.init_ms,
    )
