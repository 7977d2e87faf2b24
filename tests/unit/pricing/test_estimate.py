"""What an estimate is made of: tiers, the free tier's edges, and what holds for every workload."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tulle.pricing.estimate import Estimate, estimate
from tulle.pricing.rates import Charge, Priced, Rates, find_rates
from tulle.pricing.workload import Workload
from tulle.project.api import ApiType
from tulle.target import Architecture

VIRGINIA = find_rates("us-east-1")
IRELAND = find_rates("eu-west-1")
MILLION = 1_000_000


def workload(
    *,
    requests: int = 1,
    ms: float = 100,
    memory_mb: int = 1024,
    architecture: Architecture = Architecture.X86_64,
    api: ApiType = ApiType.NONE,
    request_bytes: int = 0,
) -> Workload:
    return Workload(
        requests=requests,
        duration_ms=ms,
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


def test_a_line_says_how_much_of_what_is_free_and_what_the_rest_is_charged_at() -> None:
    cost = estimate(workload(requests=3 * MILLION, ms=200), VIRGINIA, free_tier=True)
    requests, compute = cost.lines
    assert (requests.priced, requests.unit) == (Priced.REQUESTS, "request")
    assert requests.quantity == 3 * MILLION
    assert requests.free == MILLION
    assert compute.charges == (Charge(quantity=Decimal(200_000), rate_usd=Decimal("0.0000166667")),)
    assert compute.usd == Decimal("3.33334")


@pytest.mark.parametrize(
    ("init_ms", "cold_share", "billed_ms"),
    [
        (0, 0, "101"),  # 100.2 ms, rounded up
        (1000, 0, "101"),
        (1000, 1, "1101"),  # 1100.2 ms, rounded up once, not each part
        (999.7, 1, "1100"),  # 1099.9
        (1000, 0.01, "111"),  # 101 + 1 % of 1000
        (0.8, 1, "101"),  # 101.0 exactly
    ],
)
def test_an_init_is_billed_where_a_cold_start_has_it(
    init_ms: float, cold_share: float, billed_ms: str
) -> None:
    work = Workload(
        requests=1,
        duration_ms=100.2,
        init_ms=init_ms,
        cold_share=cold_share,
        memory_mb=1024,
        architecture=Architecture.X86_64,
    )
    assert work.billed_ms == Decimal(billed_ms)


def test_arm64_is_cheaper() -> None:
    cost = estimate(workload(architecture=Architecture.ARM64), VIRGINIA, free_tier=False)
    assert cost.compute_usd == Decimal("0.1") * Decimal("0.0000133334")


def test_a_million_calls_without_the_free_tier() -> None:
    cost = estimate(workload(requests=MILLION, api=ApiType.HTTP), VIRGINIA, free_tier=False)
    assert cost.compute_usd == Decimal("1.66667")  # 100,000 GB-s
    assert cost.requests_usd == Decimal("0.20")
    assert cost.api_usd == Decimal("1.00")
    assert cost.request_usd == Decimal("0.00000286667")


@pytest.mark.parametrize(
    ("requests", "ms", "requests_usd", "compute_usd"),
    [
        (999_999, 400, "0", "0"),
        (MILLION, 400, "0", "0"),  # 1,000,000 requests and 400,000 GB-s: all of both is free
        (MILLION + 1, 400, "0.0000002", "0.00000666668"),  # 0.4 GB-s beyond
        (2 * MILLION, 300, "0.20", "3.33334"),  # 200,000 GB-s beyond
        (1, 1, "0", "0"),
        (0, 400, "0", "0"),
    ],
)
@pytest.mark.parametrize("rates", [VIRGINIA, IRELAND], ids=["us-east-1", "eu-west-1"])
def test_the_free_tier_ends_where_it_ends(
    rates: Rates, requests: int, ms: int, requests_usd: str, compute_usd: str
) -> None:
    cost = estimate(workload(requests=requests, ms=ms), rates, free_tier=True)
    assert cost.requests_usd == Decimal(requests_usd)
    assert cost.compute_usd == Decimal(compute_usd)


def test_what_is_free_comes_off_before_the_tiers_as_in_awss_calculator() -> None:
    work = workload(requests=6_000_400_000, ms=1000)  # 6 billion GB-s, and the 400,000
    assert estimate(work, VIRGINIA, free_tier=True).compute_usd == Decimal("100000.2")


@pytest.mark.parametrize(
    ("field", "per_request", "free", "priced"),
    [
        ("log_bytes", 1024**3, 5, Priced.LOG_INGESTION),
        ("response_bytes", 1024**3, 100, Priced.TRANSFER_OUT),
    ],
)
def test_logs_and_what_is_sent_out_have_a_free_part_too(
    field: str, per_request: int, free: int, priced: Priced
) -> None:
    def line(requests: int) -> Decimal:
        work = Workload(
            requests=requests,
            duration_ms=1,
            memory_mb=128,
            architecture=Architecture.X86_64,
            **{field: per_request},  # type: ignore[arg-type] # the fields are integers
        )
        return estimate(work, VIRGINIA, free_tier=True).usd(priced)

    rate = VIRGINIA.tariffs[priced].tiers[0][1]
    assert [line(free - 1), line(free), line(free + 1)] == [0, 0, rate]


@pytest.mark.parametrize(("alarms", "usd"), [(0, "0"), (10, "0"), (11, "0.10"), (30, "2.00")])
def test_ten_alarms_are_free(alarms: int, usd: str) -> None:
    work = Workload(
        requests=0,
        duration_ms=0,
        memory_mb=128,
        architecture=Architecture.X86_64,
        alarms=alarms,
    )
    assert estimate(work, VIRGINIA, free_tier=True).total_usd == Decimal(usd)


@pytest.mark.parametrize(
    ("days", "gb_months"), [(1, "0.005"), (30, "0.15"), (90, "0.45"), (365, "1.825")]
)
def test_logs_that_are_kept_for_longer_take_more_room(days: int, gb_months: str) -> None:
    work = Workload(
        requests=1,
        duration_ms=1,
        memory_mb=128,
        architecture=Architecture.X86_64,
        log_bytes=1024**3,
        log_days=days,
    )
    assert work.quantities()[Priced.LOG_STORAGE] == Decimal(gb_months)


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


def test_environments_that_are_kept_ready_meet_no_cold_start() -> None:
    work = Workload(
        requests=1000,
        duration_ms=100,
        init_ms=2000,
        cold_share=0.5,
        memory_mb=1024,
        architecture=Architecture.ARM64,
        provisioned=1,
    )
    cost = estimate(work, VIRGINIA, free_tier=True)
    # 730 h × 3600 s × 1 GB = 2,628,000 GB-s; 1000 × 100 ms × 1 GB = 100 GB-s; no request is free
    assert cost.usd(Priced.PROVISIONED_ARM64) == 2_628_000 * Decimal("0.0000033334")
    assert cost.usd(Priced.PROVISIONED_COMPUTE_ARM64) == 100 * Decimal("0.0000077778")
    assert cost.requests_usd == Decimal("0.0002")
    assert cost.compute_usd + cost.requests_usd == cost.total_usd


WORKLOADS = st.builds(
    Workload,
    requests=st.integers(0, 10**11),
    duration_ms=st.floats(0, 900_000),
    memory_mb=st.integers(128, 10_240),
    architecture=st.sampled_from(Architecture),
    init_ms=st.floats(0, 10_000),
    cold_share=st.floats(0, 1),
    ephemeral_mb=st.integers(512, 10_240),
    provisioned=st.integers(0, 100),
    api=st.sampled_from(ApiType),
    request_bytes=st.integers(0, 10 * 1024**2),
    response_bytes=st.integers(0, 6 * 1024**2),
    log_bytes=st.integers(0, 10**6),
    log_days=st.integers(1, 3653),
    alarms=st.integers(0, 100),
    image_bytes=st.integers(0, 10**12),
    zip_bytes=st.integers(0, 10**12),
)
RATES = st.sampled_from([VIRGINIA, IRELAND])

MORE = {
    "requests": 1000,
    "duration_ms": 100.0,
    "memory_mb": 128,
    "init_ms": 100.0,
    "ephemeral_mb": 128,
    "provisioned": 1,
    "request_bytes": 512 * 1024,
    "response_bytes": 1000,
    "log_bytes": 1000,
    "log_days": 30,
    "alarms": 1,
    "image_bytes": 10**9,
    "zip_bytes": 10**9,
}


def fields(work: Workload) -> dict[str, object]:
    return {name: getattr(work, name) for name in work.__slots__}


@settings(deadline=None, derandomize=True)
@given(WORKLOADS, RATES, st.booleans())
def test_nothing_costs_less_than_nothing_and_the_lines_are_the_total(
    work: Workload, rates: Rates, free_tier: bool
) -> None:
    cost = estimate(work, rates, free_tier=free_tier)
    assert all(line.usd >= 0 for line in cost.lines)
    assert sum(line.usd for line in cost.lines) == cost.total_usd
    for line in cost.lines:
        charged = sum(charge.quantity for charge in line.charges)
        assert abs(charged + line.free - line.quantity) <= line.quantity * Decimal("1e-20")
        assert free_tier or line.free == 0


@settings(deadline=None, derandomize=True)
@given(WORKLOADS, RATES)
def test_the_free_tier_never_costs(work: Workload, rates: Rates) -> None:
    with_it, without = (estimate(work, rates, free_tier=free) for free in (True, False))
    assert with_it.total_usd <= without.total_usd
    assert [line.priced for line in with_it.lines] == [line.priced for line in without.lines]


@settings(deadline=None, derandomize=True)
@given(WORKLOADS, RATES, st.booleans(), st.sampled_from(sorted(set(MORE) - {"provisioned"})))
def test_more_of_anything_never_costs_less(
    work: Workload, rates: Rates, free_tier: bool, name: str
) -> None:
    def cost(made: Workload) -> Estimate:
        return estimate(made, rates, free_tier=free_tier)

    more = fields(work)
    more[name] = getattr(work, name) + MORE[name]
    assert cost(Workload(**more)).total_usd >= cost(work).total_usd  # type: ignore[arg-type]


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_twice_as_much_never_costs_more_than_twice(amount: int, other: int) -> None:
    for tariff in VIRGINIA.tariffs.values():
        together = tariff.cost_usd(Decimal(amount + other))
        assert together <= tariff.cost_usd(Decimal(amount)) + tariff.cost_usd(Decimal(other))
