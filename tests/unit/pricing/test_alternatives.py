"""What another choice would make of the cost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tulle.pricing.alternatives import (
    Alternative,
    Change,
    MemorySize,
    WhatIf,
    find_alternatives,
    quote,
    scaled_sizes,
)
from tulle.pricing.rates import Priced, find_rates
from tulle.pricing.workload import Workload
from tulle.project.api import ApiType
from tulle.target import Architecture

RATES = find_rates("us-east-1")
GIB = 1024**3
WORK = Workload(
    requests=1_000_000,
    duration_ms=100,
    init_ms=1000,
    cold_share=0.01,
    memory_mb=1024,
    architecture=Architecture.X86_64,
    api=ApiType.HTTP,
    image_bytes=GIB,
)


def found(
    work: Workload = WORK, *, image_bytes: int | None = None, zip_bytes: int | None = None
) -> dict[tuple[Change, str], Alternative]:
    what_if = WhatIf(
        memory_sizes=scaled_sizes(work, (512, 1024, 1769, 3008)),
        image_bytes=image_bytes,
        zip_bytes=zip_bytes,
    )
    alternatives = find_alternatives(work, RATES, what_if)
    return {(entry.change, entry.value): entry for entry in alternatives}


def test_each_choice_is_changed_by_itself() -> None:
    assert list(found(image_bytes=GIB, zip_bytes=GIB)) == [
        (Change.ARCHITECTURE, "arm64"),
        (Change.MEMORY, "512"),
        (Change.MEMORY, "1769"),
        (Change.MEMORY, "3008"),
        (Change.PACKAGE, "zip"),
        (Change.GATEWAY, "rest"),
        (Change.GATEWAY, "url"),
    ]


def test_arm64_takes_as_long_and_its_memory_is_cheaper() -> None:
    arm = found()[Change.ARCHITECTURE, "arm64"]
    # 1M × (100 + 1 % × 1000) ms × 1 GB = 110,000 GB-s
    assert arm.difference_usd == 110_000 * (Decimal("0.0000133334") - Decimal("0.0000166667"))
    assert arm.quote.workload == replace(WORK, architecture=Architecture.ARM64)


def test_half_the_memory_takes_twice_as_long_and_saves_only_at_the_init() -> None:
    half = found()[Change.MEMORY, "512"]
    assert half.quote.workload.duration_ms == 200
    # (200 + 10) ms × 0.5 GB = 105,000 GB-s in place of 110,000
    assert half.difference_usd == -5000 * Decimal("0.0000166667")


def test_more_than_a_vcpu_is_paid_for_and_brings_nothing() -> None:
    entries = found()
    one, more = entries[Change.MEMORY, "1769"], entries[Change.MEMORY, "3008"]
    assert one.quote.workload.duration_ms == more.quote.workload.duration_ms == 100 * (1024 / 1769)
    assert more.difference_usd > one.difference_usd > 0


def test_a_zip_lies_in_s3_and_not_in_ecr() -> None:
    entry = found(zip_bytes=GIB // 2)[Change.PACKAGE, "zip"]
    assert entry.difference_usd == Decimal("0.0115") - Decimal("0.10")
    assert entry.quote.full.usd(Priced.IMAGE_STORAGE) == 0
    back = found(replace(WORK, image_bytes=0, zip_bytes=GIB // 2), image_bytes=GIB)
    assert back[Change.PACKAGE, "image"].difference_usd == -entry.difference_usd


def test_no_zip_is_offered_where_there_is_none_to_be_had() -> None:
    assert not [change for change, _ in found() if change is Change.PACKAGE]


def test_a_function_url_saves_the_gateway() -> None:
    entries = found()
    assert entries[Change.GATEWAY, "url"].difference_usd == Decimal("-1.00")
    assert entries[Change.GATEWAY, "rest"].difference_usd == Decimal("2.50")


def test_a_function_without_a_gateway_is_offered_none() -> None:
    entries = found(replace(WORK, api=ApiType.NONE))
    assert not [change for change, _ in entries if change is Change.GATEWAY]


def test_a_size_that_was_measured_is_priced_as_measured() -> None:
    size = MemorySize(memory_mb=2048, duration_ms=41.2, init_ms=300)
    (entry,) = (
        entry
        for entry in find_alternatives(WORK, RATES, WhatIf(memory_sizes=(size,)))
        if entry.change is Change.MEMORY
    )
    # 1M × (42 + 1 % × (342 - 42)) ms × 2 GB = 90,000 GB-s in place of 110,000
    assert entry.difference_usd == -20_000 * Decimal("0.0000166667")


def test_a_quote_has_both_prices() -> None:
    quoted = quote(WORK, RATES)
    assert quoted.full.total_usd == Decimal("3.133337")  # 1.833337 + 0.20 + 1.00 + 0.10
    assert quoted.reduced.total_usd == Decimal("1.10")  # the gateway, and the image


def test_every_change_says_what_it_assumes() -> None:
    assert all(change.assumption for change in Change)


@settings(deadline=None, derandomize=True)
@given(
    st.integers(0, 10**9),
    st.floats(0.1, 10_000),
    st.sampled_from([ApiType.HTTP, ApiType.REST, ApiType.URL]),
)
def test_a_difference_is_that_of_the_totals(
    requests: int, duration_ms: float, api: ApiType
) -> None:
    work = replace(WORK, requests=requests, duration_ms=duration_ms, api=api)
    total = quote(work, RATES).full.total_usd
    for entry in find_alternatives(work, RATES, WhatIf(zip_bytes=1)):
        assert entry.quote.full.total_usd - total == entry.difference_usd
        assert entry.quote.reduced.total_usd <= entry.quote.full.total_usd
