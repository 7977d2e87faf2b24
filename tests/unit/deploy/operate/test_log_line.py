"""Entries of a function's log, in Lambda's two formats."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click
import pytest

from tulle.cli.log_lines import log_lines
from tulle.deploy.observed.log_line import Kind, LogLine, read_log_line

ID = "8f507cfc-e1b4-4b9b-8d2a-2c1b6a0c5a11"
REPORT = (
    f"REPORT RequestId: {ID}\tDuration: 3.01 ms\tBilled Duration: 114 ms\tMemory Size: 128 MB\t"
    "Max Memory Used: 36 MB\tInit Duration: 110.10 ms\t\n"
)


@pytest.mark.parametrize(
    "message",
    [
        f"START RequestId: {ID} Version: 3\n",
        f"END RequestId: {ID}\n",
        "INIT_START Runtime Version: python:3.13.v1\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:1\n",
        "EXTENSION\tName: lambda-adapter\tState: Ready\tEvents: []\n",
        json.dumps({"time": "2026", "type": "platform.start", "record": {"requestId": ID}}),
    ],
)
def test_what_lambda_says_by_itself(message: str) -> None:
    line = read_log_line(message)
    assert line.kind is Kind.PLATFORM
    assert "\t" not in line.text
    assert line.request_id == (ID if ID in message else None)


def test_a_report_is_read() -> None:
    line = read_log_line(REPORT)
    assert (line.kind, line.request_id) == (Kind.REPORT, ID)
    assert line.report is not None
    assert line.report.init_ms == 110.10


def test_a_traceback_is_one_error_of_several_lines() -> None:
    line = read_log_line(
        "[ERROR] ValueError: oh\rTraceback (most recent call last):\r"
        '\u00a0\u00a0File "/var/task/a.py", line 2, in b\r\u00a0\u00a0\u00a0\u00a0raise ValueError("oh")\n'
    )
    assert line.kind is Kind.ERROR
    assert line.text.split("\n") == [
        "ERROR  ValueError: oh",
        "Traceback (most recent call last):",
        '  File "/var/task/a.py", line 2, in b',
        '    raise ValueError("oh")',
    ]


@pytest.mark.parametrize(
    ("level", "kind"),
    [
        ("ERROR", Kind.ERROR),
        ("CRITICAL", Kind.ERROR),
        ("WARNING", Kind.WARNING),
        ("INFO", Kind.TEXT),
    ],
)
def test_levels_of_pythons_logging(level: str, kind: Kind) -> None:
    text = read_log_line(f"[{level}]\t2026-01-01T00:00:00.000Z\t{ID}\tthe pants\n")
    assert text == LogLine(kind=kind, text=f"{level}  the pants", request_id=ID)
    content = {"timestamp": "2026", "level": level, "message": "the pants", "requestId": ID}
    assert read_log_line(json.dumps(content)) == text


def test_an_exception_in_json() -> None:
    content = {
        "level": "ERROR",
        "message": "oh",
        "errorType": "ValueError",
        "errorMessage": "oh",
        "stackTrace": ['  File "/var/task/a.py", line 2, in b\n    raise\n'],
        "requestId": ID,
    }
    line = read_log_line(json.dumps(content))
    assert line.kind is Kind.ERROR
    assert line.text == 'ERROR  ValueError: oh\n  File "/var/task/a.py", line 2, in b\n    raise'


@pytest.mark.parametrize(
    "message",
    [
        f"2024-01-01T00:00:00.000Z {ID} Task timed out after 3.00 seconds\n",
        f"RequestId: {ID} Error: Runtime exited with error: exit status 1\nRuntime.ExitError",
        "INIT_REPORT Init Duration: 1236.04 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError",
        json.dumps({"type": "platform.initReport", "record": {"status": "timeout"}}),
    ],
)
def test_what_ended_badly_is_an_error(message: str) -> None:
    assert read_log_line(message).kind is Kind.ERROR


@pytest.mark.parametrize(
    "message",
    ["pants", '{"my": "json"}', '{"level": 3}', "{", '{"type": "platform.x"}', "START me up?", ""],
)
def test_all_else_is_the_functions_own(message: str) -> None:
    line = read_log_line(message)
    assert line.text == message
    assert line.kind is Kind.TEXT


def test_a_report_is_made_readable() -> None:
    drawn = log_lines(read_log_line(REPORT), datetime(2026, 11, 28, 3, 4, 5, 6000, UTC))
    assert [click.unstyle(line) for line in drawn] == [
        "2026-11-28 03:04:05.006  REPORT 8f507cfc  3.01 ms, billed 114 ms, 36 of 128 MB, cold start 110.10 ms"
    ]
    ended = log_lines(
        read_log_line(REPORT.strip() + "\tStatus: error\tError Type: Runtime.OutOfMemory")
    )
    assert ended[0].endswith("error Runtime.OutOfMemory\x1b[0m")
    assert "\x1b[31m" in ended[0]


def test_an_error_is_red_and_its_lines_stand_below_each_other() -> None:
    drawn = log_lines(
        LogLine(kind=Kind.ERROR, text="ERROR  a\nb"), datetime(2026, 11, 28, 3, 4, 5, tzinfo=UTC)
    )
    assert [click.unstyle(line) for line in drawn] == [
        "2026-11-28 03:04:05.000  ERROR  a",
        "                         b",
    ]
    assert all("\x1b[31m" in line for line in drawn)
