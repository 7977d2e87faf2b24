"""What a function did, from CloudWatch's counts and the log's REPORT lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tulle.deploy.observed import measured
from tulle.deploy.observed.measured import Durations, Measured, Starts, measure

if TYPE_CHECKING:
    from tulle.aws.session import AwsSession

NOW = datetime.now(UTC)
GROUP = "/aws/lambda/shop-dev"


def count(session: AwsSession, metric: str, *values: float, at: datetime = NOW) -> None:
    dimensions = [{"Name": "FunctionName", "Value": "shop-dev"}]
    session.cloudwatch().put_metric_data(
        Namespace="AWS/Lambda",
        MetricData=[
            {"MetricName": metric, "Dimensions": dimensions, "Value": value, "Timestamp": at}  # type: ignore[typeddict-item]
            for value in values
        ],
    )


def log(session: AwsSession, *messages: str, stream: str = "a") -> None:
    logs = session.logs()
    if not logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]:
        logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    at_ms = int(NOW.timestamp() * 1000)
    events = [{"timestamp": at_ms + n, "message": text} for n, text in enumerate(messages)]
    logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=events)  # type: ignore[arg-type]


def report(duration_ms: float, *, init_ms: float | None = None, memory_mb: int = 90) -> str:
    billed_ms = round(duration_ms + (init_ms or 0) + 0.5)
    init = "" if init_ms is None else f"\tInit Duration: {init_ms:.2f} ms"
    return (
        f"REPORT RequestId: {duration_ms}\tDuration: {duration_ms:.2f} ms\tBilled Duration: {billed_ms} ms\t"
        f"Memory Size: 1024 MB\tMax Memory Used: {memory_mb} MB{init}\t\n"
    )


def measured_of(session: AwsSession, *, hours: int = 1) -> Measured:
    since = NOW - timedelta(hours=hours)
    return measure(session, "shop-dev", GROUP, since=since, until=NOW + timedelta(seconds=90))


def test_a_function_that_nobody_called(session: AwsSession) -> None:
    found = measured_of(session)
    assert (found.invocations, found.errors, found.throttles) == (0, 0, 0)
    assert found.durations is None
    assert found.starts is None


def test_counts_and_percentiles(session: AwsSession) -> None:
    count(session, "Invocations", 1, 1, 1, 1)
    count(session, "Errors", 1, 0)
    count(session, "Throttles", 2)
    count(session, "Duration", 10, 20, 30, 400)
    found = measured_of(session)
    assert (found.invocations, found.errors, found.throttles) == (4, 1, 2)
    assert found.durations == Durations(average_ms=115, p50_ms=20, p95_ms=400)


def test_leaves_out_what_was_before(session: AwsSession) -> None:
    count(session, "Duration", 1000, at=NOW - timedelta(hours=2))
    count(session, "Duration", 10)
    count(session, "Invocations", 1, at=NOW - timedelta(hours=2))
    found = measured_of(session)
    assert found.durations == Durations(average_ms=10, p50_ms=10, p95_ms=10)
    assert found.invocations == 0


def test_weighs_days_by_their_invocations(session: AwsSession) -> None:
    count(session, "Duration", 100, at=NOW - timedelta(hours=40))
    count(session, "Duration", 10, 10, 10)
    found = measured_of(session, hours=48)
    assert found.durations == Durations(average_ms=32.5, p50_ms=32.5, p95_ms=32.5)


def test_the_share_of_cold_starts(session: AwsSession) -> None:
    log(session, "START RequestId: 1", report(20, init_ms=180.5, memory_mb=95), "END RequestId: 1")
    log(session, report(10), report(10), stream="b")
    metrics = {
        "durationMs": 10.0,
        "billedDurationMs": 11,
        "memorySizeMB": 1024,
        "maxMemoryUsedMB": 99,
    }
    record = {"requestId": "x", "metrics": metrics, "status": "success"}
    log(session, json.dumps({"type": "platform.report", "record": record}), stream="c")
    starts = measured_of(session).starts
    assert starts == Starts(
        reports=4,
        cold=1,
        init_ms=180.5,
        billed_ms=pytest.approx((201 + 10 + 10 + 11) / 4, abs=1),  # type: ignore[arg-type]
        max_memory_used_mb=99,
        memory_size_mb=1024,
    )
    assert starts.cold_share == 0.25


def test_says_where_not_all_reports_were_read(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(session, report(1), report(2), report(3))
    monkeypatch.setattr(measured, "MOST_REPORTS", 2)
    starts = measured_of(session).starts
    assert starts is not None
    assert (starts.reports, starts.all_read, starts.init_ms) == (2, False, None)
