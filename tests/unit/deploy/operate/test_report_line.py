"""REPORT lines, as Lambda writes them in its two formats."""

from __future__ import annotations

import json

import pytest

from tulle.deploy.observed.report_line import ReportLine, read_report
from tulle.emulator.invocation import Report, Status

WARM = (
    "REPORT RequestId: 8f507cfc-xmpl\tDuration: 3.01 ms\tBilled Duration: 4 ms\t"
    "Memory Size: 128 MB\tMax Memory Used: 36 MB\t\n"
)


def test_reads_a_warm_one() -> None:
    report = read_report(WARM)
    assert report == ReportLine(
        request_id="8f507cfc-xmpl",
        duration_ms=3.01,
        billed_ms=4,
        memory_size_mb=128,
        max_memory_used_mb=36,
    )
    assert not report.is_cold


def test_reads_a_cold_one_with_a_trace() -> None:
    report = read_report(
        WARM.strip()
        + "\tInit Duration: 110.10 ms\t\nXRAY TraceId: 1-5e34a614-xmpl\tSegmentId: 07xmpl\tSampled: true\t\n"
    )
    assert report is not None
    assert (report.init_ms, report.is_cold, report.status) == (110.10, True, "success")


def test_reads_one_that_was_restored() -> None:
    report = read_report(
        WARM.strip() + "\tRestore Duration: 274.21 ms\tBilled Restore Duration: 193 ms\t"
    )
    assert report is not None
    assert (report.billed_ms, report.init_ms) == (4, 274.21)


@pytest.mark.parametrize(
    ("status", "error_type"),
    [
        (Status.TIMEOUT, None),
        (Status.ERROR, "Runtime.OutOfMemory"),
        (Status.SUCCESS, None),
    ],
)
def test_reads_what_the_local_lambda_writes(status: Status, error_type: str | None) -> None:
    written = Report(
        request_id="1",
        duration_ms=2000.5,
        memory_size_mb=1024,
        max_memory_used_mb=99,
        init_duration_ms=12.25,
        status=status,
        error_type=error_type,
    )
    report = read_report(written.line())
    assert report == ReportLine(
        request_id="1",
        duration_ms=2000.5,
        billed_ms=2013,
        memory_size_mb=1024,
        max_memory_used_mb=99,
        init_ms=12.25,
        status=str(status),
        error_type=error_type,
    )


def test_reads_json() -> None:
    metrics = {
        "durationMs": 101.5,
        "billedDurationMs": 300,
        "memorySizeMB": 512,
        "maxMemoryUsedMB": 33,
        "initDurationMs": 198.2,
    }
    record = {
        "requestId": "6d68ca91",
        "metrics": metrics,
        "status": "error",
        "errorType": "Runtime.ExitError",
    }
    line = json.dumps({"time": "2026-01-12T20:26:33Z", "type": "platform.report", "record": record})
    assert read_report(line) == ReportLine(
        request_id="6d68ca91",
        duration_ms=101.5,
        billed_ms=300,
        memory_size_mb=512,
        max_memory_used_mb=33,
        init_ms=198.2,
        status="error",
        error_type="Runtime.ExitError",
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "pants",
        "START RequestId: 1 Version: 3",
        "REPORT RequestId: 1",
        "REPORT RequestId: 1\tDuration: soon\tBilled Duration: 1 ms\tMemory Size: 1 MB\tMax Memory Used: 1 MB",
        '{"type":"platform.report"}',
        '{"type":"platform.report","record":7}',
        '{"message":"platform.report"}',
        '{"platform.report": ',
        '["platform.report"]',
    ],
)
def test_what_is_no_report_is_none(line: str) -> None:
    assert read_report(line) is None
