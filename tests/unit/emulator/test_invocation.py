"""REPORT lines and ids, in the forms recorded on AWS."""

from __future__ import annotations

import re
import uuid

from tulle.emulator.invocation import Report, Status, new_request


def test_writes_a_cold_report_as_lambda_does() -> None:
    report = Report(
        request_id="id",
        duration_ms=3.01,
        memory_size_mb=128,
        max_memory_used_mb=36,
        init_duration_ms=110.10,
    )
    assert report.line() == (
        "REPORT RequestId: id\tDuration: 3.01 ms\tBilled Duration: 114 ms\tMemory Size: 128 MB"
        "\tMax Memory Used: 36 MB\tInit Duration: 110.10 ms\t"
    )


def test_a_warm_report_has_no_init_and_bills_the_next_whole_millisecond() -> None:
    report = Report(request_id="id", duration_ms=3.01, memory_size_mb=128, max_memory_used_mb=36)
    assert report.line().endswith(
        "Billed Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t"
    )


def test_a_report_of_a_failure_ends_with_its_status() -> None:
    timeout = Report(
        request_id="id",
        duration_ms=1000,
        memory_size_mb=128,
        max_memory_used_mb=36,
        status=Status.TIMEOUT,
    )
    crash = Report(
        request_id="id",
        duration_ms=1,
        memory_size_mb=128,
        max_memory_used_mb=36,
        status=Status.ERROR,
        error_type="Runtime.ExitError",
    )
    assert timeout.line().endswith("Max Memory Used: 36 MB\tStatus: timeout")
    assert crash.line().endswith(
        "Max Memory Used: 36 MB\tStatus: error\tError Type: Runtime.ExitError"
    )


def test_a_request_has_the_ids_that_aws_gives() -> None:
    request = new_request(b"{}", invoked_arn="arn", now_s=0x65000000)
    assert str(uuid.UUID(request.request_id)) == request.request_id
    assert re.fullmatch(
        r"Root=1-65000000-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0", request.trace_id
    )
