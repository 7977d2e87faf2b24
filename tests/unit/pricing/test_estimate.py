"""What a workload costs, worked out by hand from AWS's price list."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tulle.pricing.estimate import Workload, estimate
from tulle.pricing.rates import Rates, find_rates
from tulle.project.api import ApiType
from tulle.target import Architecture

VIRGINIA = find_rates("us-east-1")
IRELAND = find_rates("eu-west-1")
MILLION = 1_000_000


def workload(
    *,
    requests: int = 1,
    ms: int = 100,
    memory_mb: int = 1024,
    architecture: Architecture = Architecture.X86_64,
    api: ApiType = ApiType.NONE,
    request_bytes: int = 0,
) -> Workload:
    return Workload(
        requests=requests,
        billed_duration_ms=ms,
        memory_mb=memory_mb,
        architecture=architecture,
        api=api,
        request_bytes=request_bytes,
    )


def test_one_call_is_its_memory_for_its_time_and_a_request() -> None:
    cost = estimate(workload(ms=114, memory_mb=128), VIRGINIA, free_tier=False)
    # 0.125 GB × 0.114 s = 0.01425 GB-s
    assert cost.compute_usd == Decimal("0.01425") * Decimal("0.0000166667")
    assert cost.requests_usd == Decimal("0.0000002")
    assert cost.api_usd == 0
    assert cost.total_usd == Decimal("0.000000237500475") + Decimal("0.0000002")


def test_arm64_is_cheaper() -> None:
    cost = estimate(workload(architecture=Architecture.ARM64), VIRGINIA, free_tier=False)
    assert cost.compute_usd == Decimal("0.1") * Decimal("0.0000133334")


def test_a_million_calls_without_the_free_tier() -> None:
    cost = estimate(workload(requests=MILLION, api=ApiType.HTTP), VIRGINIA, free_tier=False)
    assert cost.compute_usd == Decimal("1.66667")  # 100,000 GB-s
    assert cost.requests_usd == Decimal("0.20")
    assert cost.api_usd == Decimal("1.00")


def test_the_free_tier_takes_off_a_million_requests_and_400_000_gb_s() -> None:
    small = estimate(workload(requests=MILLION, api=ApiType.HTTP), VIRGINIA, free_tier=True)
    assert small.compute_usd == small.requests_usd == 0
    assert small.api_usd == Decimal("1.00")  # the gateway's is for new accounts, and ends
    large = estimate(workload(requests=2 * MILLION, ms=300), VIRGINIA, free_tier=True)
    assert large.compute_usd == 200_000 * Decimal("0.0000166667")  # of 600,000 GB-s
    assert large.requests_usd == Decimal("0.20")


@pytest.mark.parametrize(
    ("architecture", "gb_s", "usd"),
    [
        # 6 billion at the first rate, 9 at the second, the rest at the third.
        (Architecture.X86_64, 6_000_000_000, "100000.2"),
        (Architecture.X86_64, 6_000_000_001, "100000.200015"),
        (Architecture.X86_64, 16_000_000_000, "248333.6"),  # 100000.2 + 135000 + 13333.4
        (Architecture.ARM64, 7_500_000_001, "100000.5000120001"),
        (Architecture.ARM64, 18_750_000_001, "235001.6250106667"),  # 100000.5 + 135001.125 + …
    ],
)
def test_much_compute_falls_in_price(architecture: Architecture, gb_s: int, usd: str) -> None:
    work = workload(requests=gb_s, ms=1000, architecture=architecture)
    assert estimate(work, VIRGINIA, free_tier=False).compute_usd == Decimal(usd)


@pytest.mark.parametrize(
    ("rates", "api", "millions", "usd"),
    [
        (VIRGINIA, ApiType.HTTP, 300, "300"),
        (VIRGINIA, ApiType.HTTP, 301, "300.9"),
        (VIRGINIA, ApiType.REST, 333, "1165.5"),
        (VIRGINIA, ApiType.REST, 334, "1168.3"),
        (VIRGINIA, ApiType.REST, 1001, "3035.48"),  # 1165.5 + 667 × 2.80 + 2.38
        (VIRGINIA, ApiType.REST, 20_001, "48254.61"),  # 1165.5 + 1867.6 + 19000 × 2.38 + 1.51
        (IRELAND, ApiType.HTTP, 301, "334"),  # 333 + 1
        (IRELAND, ApiType.REST, 1001, "3295.94"),  # 1165.5 + 667 × 3.19 + 2.71
        (IRELAND, ApiType.REST, 20_001, "54784.95"),  # 1165.5 + 2127.73 + 19000 × 2.71 + 1.72
        (VIRGINIA, ApiType.URL, 1001, "0"),
        (VIRGINIA, ApiType.NONE, 1001, "0"),
    ],
    ids=lambda value: value.region if isinstance(value, Rates) else str(value),
)
def test_gateways_fall_in_price_too(rates: Rates, api: ApiType, millions: int, usd: str) -> None:
    cost = estimate(workload(requests=millions * MILLION, api=api), rates, free_tier=False)
    assert cost.api_usd == Decimal(usd)


@pytest.mark.parametrize(
    ("api", "request_bytes", "usd"),
    [
        (ApiType.HTTP, 0, "0.000001"),
        (ApiType.HTTP, 512 * 1024, "0.000001"),
        (ApiType.HTTP, 512 * 1024 + 1, "0.000002"),
        (ApiType.HTTP, 4_000_000, "0.000008"),
        (ApiType.REST, 4_000_000, "0.0000035"),
    ],
)
def test_an_http_api_counts_large_requests_more_than_once(
    api: ApiType, request_bytes: int, usd: str
) -> None:
    work = workload(api=api, request_bytes=request_bytes)
    assert estimate(work, VIRGINIA, free_tier=False).api_usd == Decimal(usd)


def test_lambda_costs_the_same_in_both_regions() -> None:
    assert VIRGINIA.gb_s == IRELAND.gb_s
    assert VIRGINIA.request == IRELAND.request
    assert VIRGINIA.date == "2026-10-02"
