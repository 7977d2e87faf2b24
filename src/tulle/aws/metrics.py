"""Owns `Metrics`: what CloudWatch has counted of functions.

What Lambda counts: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tulle.aws.failure import translated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mypy_boto3_cloudwatch.type_defs import (
        GetMetricDataOutputTypeDef,
        MetricDataQueryTypeDef,
    )

    from tulle.aws.session import AwsSession

__all__ = ["Counted", "Durations", "Metrics"]

_LONGEST_PERIOD_S = 86_400
_STATISTICS = {
    "invocations": ("Invocations", "Sum"),
    "errors": ("Errors", "Sum"),
    "throttles": ("Throttles", "Sum"),
    "timed": ("Duration", "SampleCount"),
    "average": ("Duration", "Average"),
    "p50": ("Duration", "p50"),
    "p95": ("Duration", "p95"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """How long invocations took, without the starts before them."""

    average_ms: float
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What CloudWatch counted within a time.

    Args:
        invocations: those that ran, failed ones included; throttled ones are not among them.
        durations: None where nothing ran.
    """

    invocations: int
    errors: int
    throttles: int
    durations: Durations | None


class Metrics:
    """Asks CloudWatch."""

    def __init__(self, session: AwsSession) -> None:
        self._client = session.cloudwatch()

    def function(self, name: str, *, since: datetime, until: datetime) -> Counted:
        """Tell what a function did, all its versions together; CloudWatch counts by the minute.

        Over more than a day the percentiles are those of the days, weighted by their invocations.
        """
        start = since.replace(second=0, microsecond=0)
        minutes = -(-(until - start).total_seconds() // 60)
        period_s = min(int(minutes) * 60, _LONGEST_PERIOD_S) or 60
        end = start + timedelta(seconds=-(-int(minutes) * 60 // period_s) * period_s)
        with translated("cloudwatch"):
            pages = self._client.get_paginator("get_metric_data").paginate(
                MetricDataQueries=list(_queries(name, period_s)), StartTime=start, EndTime=end
            )
            return _counted(list(pages))


def _queries(function: str, period_s: int) -> Iterator[MetricDataQueryTypeDef]:
    for name, (metric, statistic) in _STATISTICS.items():
        yield {
            "Id": name,
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Lambda",
                    "MetricName": metric,
                    "Dimensions": [{"Name": "FunctionName", "Value": function}],
                },
                "Period": period_s,
                "Stat": statistic,
            },
        }


def _counted(pages: list[GetMetricDataOutputTypeDef]) -> Counted:
    found: dict[str, dict[datetime, float]] = {name: {} for name in _STATISTICS}
    for page in pages:
        for result in page["MetricDataResults"]:
            times = result.get("Timestamps", [])
            found[result["Id"]].update(zip(times, result.get("Values", []), strict=True))
    timed = found["timed"]
    total = sum(timed.values())

    def weighted(name: str) -> float:
        return sum(value * timed.get(at, 0) for at, value in found[name].items()) / total

    durations = (
        Durations(average_ms=weighted("average"), p50_ms=weighted("p50"), p95_ms=weighted("p95"))
        if total
        else None
    )
    return Counted(
        invocations=round(sum(found["invocations"].values())),
        errors=round(sum(found["errors"].values())),
        throttles=round(sum(found["throttles"].values())),
        durations=durations,
    )
