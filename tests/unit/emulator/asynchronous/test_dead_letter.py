"""Dead letters, in the form of the records that Lambda sends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tulle.emulator.asynchronous.dead_letter import DeadLetterFile, dead_letter
from tulle.emulator.asynchronous.event import Condition, Event
from tulle.emulator.invocation import Invocation, Report, Request
from tulle.errors import DeadLetterFileUnusable

if TYPE_CHECKING:
    from pathlib import Path

ARN = "arn:aws:lambda:us-east-1:123456789012:function:fn"


def request(payload: bytes = b"{}", arn: str = ARN) -> Request:
    return Request(request_id="the-id", payload=payload, invoked_arn=arn, trace_id="Root=1")


def failure(payload: bytes) -> Invocation:
    report = Report(request_id="the-id", duration_ms=1, memory_size_mb=128, max_memory_used_mb=9)
    return Invocation(
        request_id="the-id", payload=payload, error_type="ValueError", report=report, log_tail=b""
    )


def test_a_letter_is_lambdas_record() -> None:
    event = Event(
        request=request(b'{"n": 1.50}'),
        came_s=0,
        attempts=3,
        last=failure(b'{"errorMessage":"no"}'),
    )
    letter = dead_letter(event, Condition.RETRIES_EXHAUSTED, now_s=1573755365.568)
    assert letter.decode() == (
        '{"version":"1.0","timestamp":"2019-11-14T18:16:05.568Z","requestContext":{"requestId":'
        f'"the-id","functionArn":"{ARN}:$LATEST","condition":"RetriesExhausted",'
        '"approximateInvokeCount":3},"requestPayload":{"n": 1.50},"responseContext":{"statusCode":'
        '200,"executedVersion":"$LATEST","functionError":"Unhandled"},"responsePayload":'
        '{"errorMessage":"no"}}'
    )


def test_an_event_that_never_ran_has_no_response() -> None:
    event = Event(request=request(arn=f"{ARN}:$LATEST"), came_s=0)
    letter = json.loads(dead_letter(event, Condition.EVENT_AGE_EXCEEDED, now_s=0))
    assert letter == {
        "version": "1.0",
        "timestamp": "1970-01-01T00:00:00.000Z",
        "requestContext": {
            "requestId": "the-id",
            "functionArn": f"{ARN}:$LATEST",
            "condition": "EventAgeExceeded",
            "approximateInvokeCount": 0,
        },
        "requestPayload": {},
    }


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        (b'{\n"a":\r\n [1,\n2]}', {"a": [1, 2]}),
        (b'"line\\nbreak"', "line\nbreak"),
        (b"no JSON\n at all", "no JSON\n at all"),
        (b"\xff", "�"),
        (b"", ""),
    ],
)
def test_a_letter_is_one_line_whatever_is_in_it(payload: bytes, value: object) -> None:
    event = Event(request=request(), came_s=0, attempts=1, last=failure(payload))
    letter = dead_letter(event, Condition.RETRIES_EXHAUSTED, now_s=0)
    assert b"\n" not in letter
    assert json.loads(letter)["responsePayload"] == value


def test_letters_are_added_to_what_is_there(tmp_path: Path) -> None:
    path, moved = tmp_path / "dead.jsonl", tmp_path / "old.jsonl"
    event = Event(request=request(), came_s=0)
    DeadLetterFile(path).write(event, Condition.STOPPED, now_s=0)
    file = DeadLetterFile(path)
    file.write(event, Condition.STOPPED, now_s=0)
    path.rename(moved)
    file.write(event, Condition.STOPPED, now_s=0)
    assert len(moved.read_text().splitlines()) == 2
    assert len(path.read_text().splitlines()) == 1


def test_a_file_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(DeadLetterFileUnusable, match="No such file or directory"):
        DeadLetterFile(tmp_path / "nowhere" / "dead.jsonl")
