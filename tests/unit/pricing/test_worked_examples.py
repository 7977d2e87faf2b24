"""Months worked out by hand, and by AWS on its own pages: the arithmetic stands beside each.

AWS's examples are those of https://aws.amazon.com/lambda/pricing/ and
https://aws.amazon.com/api-gateway/pricing/, as they stood in 2026, with AWS's own totals, which it
rounds to cents line by line. All are of us-east-1 unless they say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import pytest

from tulle.pricing.estimate import Estimate, estimate
from tulle.pricing.rates import Priced, find_rates
from tulle.pricing.workload import Workload
from tulle.project.api import ApiType
from tulle.target import Architecture

X86, ARM = Architecture.X86_64, Architecture.ARM64
GIB, MIB = 1024**3, 1024**2


@dataclass(frozen=True, kw_only=True)
class Example:
    """A month, and what it costs in USD, to the cent, by what is paid for."""

    name: str
    workload: Workload
    usd: dict[Priced, str]
    total: str
    free_tier: bool = True
    region: str = "us-east-1"


def cents(usd: Decimal) -> Decimal:
    return usd.quantize(Decimal("0.01"), ROUND_HALF_UP)


AWS = (
    # Lambda, example 1. Compute: 3M × 120 ms = 360,000 s × 1536/1024 GB = 540,000 GB-s, 400,000 of them free:
    # 140,000 × 0.0000166667 = 2.33. Requests: 2M × 0.20/M = 0.40. In all 2.73.
    Example(
        name="a mobile application's backend",
        workload=Workload(requests=3_000_000, duration_ms=120, memory_mb=1536, architecture=X86),
        usd={Priced.COMPUTE_X86_64: "2.33", Priced.REQUESTS: "0.40"},
        total="2.73",
    ),
    # Lambda, example 2, which leaves the free tier away: 10,000 vehicles × 24 × 31 = 7.44M requests × 0.20/M = 1.49;
    # 7.44M × 2 s × 1 GB = 14.88M GB-s × 0.0000166667 = 248.00. In all 249.49.
    Example(
        name="telemetry of vehicles",
        workload=Workload(requests=7_440_000, duration_ms=2000, memory_mb=1024, architecture=X86),
        usd={Priced.COMPUTE_X86_64: "248.00", Priced.REQUESTS: "1.49"},
        total="249.49",
        free_tier=False,
    ),
    # Lambda, example 3. 6M × 280 ms = 1,680,000 s × 4 GB = 6,720,000 GB-s - 400,000 = 6,320,000
    # × 0.0000166667 = 105.33; 5M × 0.20/M = 1; /tmp: 1,680,000 s × (2048 - 512)/1024 GB = 2,520,000 GB-s
    # × 0.0000000309 = 0.08. In all 106.41.
    Example(
        name="a language model with a larger /tmp",
        workload=Workload(
            requests=6_000_000,
            duration_ms=280,
            memory_mb=4096,
            architecture=X86,
            ephemeral_mb=2048,
        ),
        usd={
            Priced.COMPUTE_X86_64: "105.33",
            Priced.REQUESTS: "1.00",
            Priced.EPHEMERAL_STORAGE: "0.08",
        },
        total="106.41",
    ),
    # Provisioned concurrency, example 1, the eight hours of the launch: 100 × 1.5 GB × 28,800 s = 4,320,000 GB-s
    # × 0.0000041667 = 18.00; 500,000 × 100 ms × 1.5 GB = 75,000 GB-s × 0.0000097222 = 0.73. (AWS adds the rest of the
    # month, and counts the requests of both together; these are 0.5M × 0.20/M = 0.10.)
    Example(
        name="a mobile application's launch, with environments kept ready",
        workload=Workload(
            requests=500_000,
            duration_ms=100,
            memory_mb=1536,
            architecture=X86,
            provisioned=100,
            provisioned_hours=8,
        ),
        usd={
            Priced.PROVISIONED_X86_64: "18.00",
            Priced.PROVISIONED_COMPUTE_X86_64: "0.73",
            Priced.REQUESTS: "0.10",
        },
        total="18.83",
    ),
    # … and the rest of that month: 2.5M × 120 ms × 1.5 GB = 450,000 GB-s - 400,000 = 50,000 × 0.0000166667 = 0.83.
    # Of requests AWS counts those of both together; these are (2.5M - 1M) × 0.20/M = 0.30.
    Example(
        name="the month around a launch",
        workload=Workload(requests=2_500_000, duration_ms=120, memory_mb=1536, architecture=X86),
        usd={Priced.COMPUTE_X86_64: "0.83", Priced.REQUESTS: "0.30"},
        total="1.13",
    ),
    # Provisioned concurrency, example 2: 7 × 4 GB × 86,400 s = 2,419,200 GB-s × 0.0000041667 = 10.08;
    # 2M × 280 ms × 4 GB = 2,240,000 GB-s × 0.0000097222 = 21.78; 2M × 0.20/M = 0.40, none of them free. In all 32.26.
    Example(
        name="Cyber Monday, with environments kept ready",
        workload=Workload(
            requests=2_000_000,
            duration_ms=280,
            memory_mb=4096,
            architecture=X86,
            provisioned=7,
            provisioned_hours=24,
        ),
        usd={
            Priced.PROVISIONED_X86_64: "10.08",
            Priced.PROVISIONED_COMPUTE_X86_64: "21.78",
            Priced.REQUESTS: "0.40",
        },
        total="32.26",
    ),
    # Response streaming, its Lambda part: 3M × 500 ms × 1.5 GB = 2,250,000 GB-s - 400,000 = 1,850,000
    # × 0.0000166667 = 30.83; 2M × 0.20/M = 0.40.
    Example(
        name="pages that are made on the server",
        workload=Workload(requests=3_000_000, duration_ms=500, memory_mb=1536, architecture=X86),
        usd={Priced.COMPUTE_X86_64: "30.83", Priced.REQUESTS: "0.40"},
        total="31.23",
    ),
    # Provisioned mode for Kafka, example 1, its Lambda part: 30M × 2 s × 1 GB = 60,000,000 GB-s - 400,000 = 59,600,000
    # × 0.0000166667 = 993.3 by AWS. (It speaks of 60M requests for 12.00, but 1M a day are 30M:
    # (30M - 1M) × 0.20/M = 5.80.)
    Example(
        name="a stream of contact-centre calls",
        workload=Workload(requests=30_000_000, duration_ms=2000, memory_mb=1024, architecture=X86),
        usd={Priced.COMPUTE_X86_64: "993.34", Priced.REQUESTS: "5.80"},
        total="999.14",
    ),
    # Tenant isolation, its Lambda part, without the free tier: 10M × 0.20/M = 2.00; 10M × 2 s × 1 GB = 20M GB-s
    # × 0.0000166667 = 333.334; AWS writes 333.34.
    Example(
        name="an automation platform",
        workload=Workload(requests=10_000_000, duration_ms=2000, memory_mb=1024, architecture=X86),
        usd={Priced.COMPUTE_X86_64: "333.33", Priced.REQUESTS: "2.00"},
        total="335.33",
        free_tier=False,
    ),
)

BY_GATEWAY = (
    # API Gateway, REST, the first: 5 million × 3.50/million = 17.50, and 3 KB × 5 million = 15 million KB
    # = 14.3 GB × 0.09 = 1.29. In all 18.79.
    Example(
        name="5 million requests to a REST API",
        workload=Workload(
            requests=5_000_000,
            duration_ms=0,
            memory_mb=128,
            architecture=X86,
            api=ApiType.REST,
            response_bytes=3 * 1024,
        ),
        usd={Priced.REST_API: "17.50", Priced.TRANSFER_OUT: "1.29"},
        total="18.79",
        free_tier=False,
    ),
    # API Gateway, REST, the second: 15 billion: 333 million × 3.50 = 1,165.50; 667 million × 2.80 = 1,867.60;
    # 14 billion × 2.38 = 33,320.00.
    Example(
        name="15 billion requests to a REST API",
        workload=Workload(
            requests=15_000_000_000,
            duration_ms=0,
            memory_mb=128,
            architecture=X86,
            api=ApiType.REST,
        ),
        usd={Priced.REST_API: "36353.10"},
        total="36353.10",
        free_tier=False,
    ),
)

BY_HAND = (
    # CloudWatch's price list of 2026-09-22, beyond each tier: 60 TB = 61,440 GB: 10,240 × 0.50 + 20,480 × 0.25
    # + 20,480 × 0.10 + 10,240 × 0.05 = 5,120 + 5,120 + 2,048 + 512 = 12,800. Kept for 30 days, and 0.15 of it:
    # 9,216 × 0.03 = 276.48.
    # 60 × 1024 requests × 1 GiB of log each.
    Example(
        name="60 TB of logs",
        workload=Workload(
            requests=61_440, duration_ms=0, memory_mb=128, architecture=X86, log_bytes=GIB
        ),
        usd={
            Priced.LOG_INGESTION: "12800.00",
            Priced.LOG_STORAGE: "276.48",
            Priced.REQUESTS: "0.01",
        },
        total="13076.49",
        free_tier=False,
    ),
    # 40 GB of images in ECR: 40 × 0.10 = 4.00. No request needs to come for that.
    Example(
        name="40 GB of images, and nobody asks",
        workload=Workload(
            requests=0, duration_ms=100, memory_mb=1024, architecture=X86, image_bytes=40 * GIB
        ),
        usd={Priced.IMAGE_STORAGE: "4.00"},
        total="4.00",
    ),
    # A picture classifier: 1,000,000 × (99 % × 80 ms + 1 % × (80 + 1,200) ms) = 92,000 s × 1 GB = 92,000 GB-s: free.
    # HTTP API 1.00. Logs: 500 × 1M = 0.4657 GB, free; 3 alarms, free. Sent out: 1 KiB × 1M = 0.954 GB, free.
    # ECR: 256 MiB = 0.25 GB × 0.10 = 0.025 = 0.03.
    Example(
        name="a picture classifier",
        workload=Workload(
            requests=1_000_000,
            duration_ms=80,
            init_ms=1200,
            cold_share=0.01,
            memory_mb=1024,
            architecture=X86,
            api=ApiType.HTTP,
            response_bytes=1024,
            log_bytes=500,
            alarms=3,
            image_bytes=256 * MIB,
        ),
        usd={
            Priced.COMPUTE_X86_64: "0.00",
            Priced.REQUESTS: "0.00",
            Priced.HTTP_API: "1.00",
            Priced.LOG_INGESTION: "0.00",
            Priced.LOG_STORAGE: "0.00",
            Priced.ALARMS: "0.00",
            Priced.TRANSFER_OUT: "0.00",
            Priced.IMAGE_STORAGE: "0.03",
        },
        total="1.03",
    ),
    # The same in eu-west-1 without the free tier: 92,000 × 0.0000166667 = 1.53; 0.20; 1.11; 0.4657 × 0.57 = 0.27;
    # 0.4657 × 0.15 × 0.03 = 0.0021; 0.30; 0.9537 × 0.09 = 0.0858; 0.025.
    # 1.5333 + 0.20 + 1.11 + 0.2654 + 0.0021 + 0.30 + 0.0858 + 0.025 = 3.5217
    Example(
        name="a picture classifier in Ireland",
        workload=Workload(
            requests=1_000_000,
            duration_ms=80,
            init_ms=1200,
            cold_share=0.01,
            memory_mb=1024,
            architecture=X86,
            api=ApiType.HTTP,
            response_bytes=1024,
            log_bytes=500,
            alarms=3,
            image_bytes=256 * MIB,
        ),
        usd={
            Priced.COMPUTE_X86_64: "1.53",
            Priced.REQUESTS: "0.20",
            Priced.HTTP_API: "1.11",
            Priced.LOG_INGESTION: "0.27",
            Priced.LOG_STORAGE: "0.00",
            Priced.ALARMS: "0.30",
            Priced.TRANSFER_OUT: "0.09",
            Priced.IMAGE_STORAGE: "0.03",
        },
        total="3.52",
        free_tier=False,
        region="eu-west-1",
    ),
    # On arm64, 50M × 60 ms × 2 GB = 6,000,000 GB-s - 400,000 = 5,600,000 × 0.0000133334 = 74.67; 49M × 0.20/M = 9.80.
    # A function URL costs nothing. A zip of 30 MiB, 20 of them kept: 600 MiB = 0.5859 GB × 0.023 = 0.01.
    # Sent out: 20 KiB × 50M = 953.67 GB - 100 = 853.67 × 0.09 = 76.83.
    Example(
        name="many pictures on arm64 behind a function URL, from a zip",
        workload=Workload(
            requests=50_000_000,
            duration_ms=60,
            memory_mb=2048,
            architecture=ARM,
            api=ApiType.URL,
            response_bytes=20 * 1024,
            zip_bytes=600 * MIB,
        ),
        usd={
            Priced.COMPUTE_ARM64: "74.67",
            Priced.REQUESTS: "9.80",
            Priced.TRANSFER_OUT: "76.83",
            Priced.ZIP_STORAGE: "0.01",
        },
        total="161.31",
    ),
    # Pictures of 1.2 MB in the body: each counts as 3 at an HTTP API (1,200,000 / 524,288 = 2.3):
    # 2M × 3 × 1.00/M = 6.00. 2M × 150 ms × 1.5 GB = 450,000 GB-s × 0.0000166667 = 7.50; 0.40.
    Example(
        name="large pictures to an HTTP API",
        workload=Workload(
            requests=2_000_000,
            duration_ms=150,
            memory_mb=1536,
            architecture=X86,
            api=ApiType.HTTP,
            request_bytes=1_200_000,
        ),
        usd={Priced.COMPUTE_X86_64: "7.50", Priced.REQUESTS: "0.40", Priced.HTTP_API: "6.00"},
        total="13.90",
        free_tier=False,
    ),
    # 20 TB = 20,480 GB sent out beyond the 100 GB that are free: 10,240 × 0.09 + 10,240 × 0.085
    # = 921.60 + 870.40. 20,580 requests, all free; of no duration.
    Example(
        name="20 TB sent out",
        workload=Workload(
            requests=20_580,
            duration_ms=0,
            memory_mb=128,
            architecture=X86,
            api=ApiType.URL,
            response_bytes=GIB,
        ),
        usd={Priced.TRANSFER_OUT: "1792.00", Priced.REQUESTS: "0.00"},
        total="1792.00",
    ),
)


def priced(example: Example) -> Estimate:
    return estimate(example.workload, find_rates(example.region), free_tier=example.free_tier)


@pytest.mark.parametrize("example", AWS + BY_HAND, ids=lambda example: example.name)
def test_the_estimate_is_what_was_worked_out(example: Example) -> None:
    cost = priced(example)
    assert {line.priced: cents(line.usd) for line in cost.lines} == {
        what: Decimal(usd) for what, usd in example.usd.items()
    }
    assert abs(cost.total_usd - Decimal(example.total)) <= Decimal("0.01")  # AWS adds up cents


@pytest.mark.parametrize("example", BY_GATEWAY, ids=lambda example: example.name)
def test_the_gateway_costs_what_aws_says(example: Example) -> None:
    cost = priced(example)
    lines = {what: cents(cost.usd(what)) for what in example.usd}
    assert lines == {what: Decimal(usd) for what, usd in example.usd.items()}
    assert sum(lines.values()) == Decimal(example.total)
