"""Owns `Workload`: what a function does in a month, and how much of each priced thing that takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tulle.pricing.rates import Priced
from tulle.project.api import ApiType

if TYPE_CHECKING:
    from tulle.target import Architecture

__all__ = ["LOG_EVENT_BYTES", "MONTH_HOURS", "Workload"]

MONTH_HOURS = 730
"""A month, as AWS's own calculator counts."""
LOG_EVENT_BYTES = 26
"""What CloudWatch Logs counts for each event beside its text.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"""

# HTTP APIs count a request once for each such step of its size.
_HTTP_STEP_BYTES = 512 * 1024
# What AWS's calculator reckons that remains of a log when it is compressed.
_LOG_COMPRESSED = Decimal("0.15")
_FREE_EPHEMERAL_MB = 512
_MONTH_DAYS = 30
_GB = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What a function does in a month, each time the same.

    Args:
        requests: how many come.
        duration_ms: how long one takes, without an init.
        init_ms: how long the init takes that a cold start adds.
        cold_share: which part of the requests meet a cold start: 0 to 1.
        ephemeral_mb: the size of `/tmp`.
        provisioned: how many environments are kept ready. All requests are held to find one of
            them, so that none meets a cold start.
        provisioned_hours: for how long they are.
        api: what stands before the function; `ApiType.NONE` where it is invoked directly.
        request_bytes: the size of a request's body.
        response_bytes: what each answer sends out of AWS.
        log_bytes: what each request adds to logs, `LOG_EVENT_BYTES` for each event included.
        log_days: for how long logs are kept.
        alarms: how many metrics are watched.
        image_bytes: what is kept in ECR, compressed; layers that images share count once.
        zip_bytes: what is kept in S3.
    """

    requests: int
    duration_ms: float
    memory_mb: int
    architecture: Architecture
    init_ms: float = 0
    cold_share: float = 0
    ephemeral_mb: int = _FREE_EPHEMERAL_MB
    provisioned: int = 0
    provisioned_hours: float = MONTH_HOURS
    api: ApiType = ApiType.NONE
    request_bytes: int = 0
    response_bytes: int = 0
    log_bytes: int = 0
    log_days: int = _MONTH_DAYS
    alarms: int = 0
    image_bytes: int = 0
    zip_bytes: int = 0

    @property
    def billed_ms(self) -> Decimal:
        """What Lambda bills of a request in the mean: each is rounded up to a millisecond, init included."""
        duration_ms = _exact(self.duration_ms)
        warm = Decimal(math.ceil(duration_ms))
        if self.provisioned:
            return warm
        cold = Decimal(math.ceil(duration_ms + _exact(self.init_ms)))
        return warm + (cold - warm) * _exact(self.cold_share)

    @property
    def gb_s(self) -> Decimal:
        """The memory that is held, and for how long."""
        return self.requests * self.billed_ms / 1000 * self.memory_mb / 1024

    @property
    def api_requests(self) -> int:
        """How many requests the gateway counts."""
        steps = -(-self.request_bytes // _HTTP_STEP_BYTES) if self.api is ApiType.HTTP else 1
        return self.requests * max(steps, 1)

    def quantities(self) -> dict[Priced, Decimal]:
        """Tell how much there is of each thing that has a price, where there is any."""
        log_gb = Decimal(self.requests * self.log_bytes) / _GB
        held = {
            Priced.REQUESTS: Decimal(self.requests),
            **self._compute(),
            Priced.EPHEMERAL_STORAGE: self._ephemeral_gb_s(),
            Priced.LOG_INGESTION: log_gb,
            Priced.LOG_STORAGE: log_gb * _LOG_COMPRESSED * self.log_days / _MONTH_DAYS,
            Priced.ALARMS: Decimal(self.alarms),
            Priced.TRANSFER_OUT: Decimal(self.requests * self.response_bytes) / _GB,
            Priced.IMAGE_STORAGE: Decimal(self.image_bytes) / _GB,
            Priced.ZIP_STORAGE: Decimal(self.zip_bytes) / _GB,
        }
        gateway = Priced.gateway(self.api)
        if gateway is not None:
            held[gateway] = Decimal(self.api_requests)
        return {priced: held[priced] for priced in Priced if held.get(priced)}

    def _compute(self) -> dict[Priced, Decimal]:
        if not self.provisioned:
            return {Priced.compute(self.architecture): self.gb_s}
        ready_s = _exact(self.provisioned_hours) * 3600
        return {
            Priced.provisioned(self.architecture): (
                self.provisioned * ready_s * self.memory_mb / 1024
            ),
            Priced.provisioned_compute(self.architecture): self.gb_s,
        }

    def _ephemeral_gb_s(self) -> Decimal:
        beyond_mb = max(self.ephemeral_mb - _FREE_EPHEMERAL_MB, 0)
        return self.requests * self.billed_ms / 1000 * beyond_mb / 1024


def _exact(number: float) -> Decimal:
    """Take a number as it is written: 0.1 is a tenth."""
    return Decimal(str(number))
