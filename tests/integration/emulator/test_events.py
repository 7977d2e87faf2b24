"""Asynchronous calls: tried again, given up, kept."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.dev_process import Dev, running_dev, wait_until
from tulle.emulator.asynchronous.queue import EventQueue
from tulle.emulator.asynchronous.settings import EventSettings
from tulle.emulator.dispatcher import Dispatcher
from tulle.emulator.function import Function
from tulle.emulator.invocation import new_request
from tulle.emulator.surroundings import Surroundings
from tulle.progress import SilentReporter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HANDLER = ("--handler", "lambda_function.lambda_handler")
AT_ONCE = (*HANDLER, "--event-retry-wait-s", "0")


def send(dev: Dev, **event: Any) -> str:
    """Send an event, and give its request id."""
    with dev.client() as client:
        response = client.invoke(
            FunctionName="my-function", InvocationType="Event", Payload=json.dumps(event)
        )
    assert (response["StatusCode"], response["Payload"].read()) == (202, b"")
    return response["ResponseMetadata"]["RequestId"]


def letters(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def starts(dev: Dev) -> list[str]:
    return re.findall(r"^START RequestId: (\S+)", dev.log, re.MULTILINE)


@pytest.fixture
def place(shared: Path) -> Path:
    """Give a folder in which the function leaves a mark for every attempt."""
    place = shared / "attempts"
    place.mkdir()
    return place


def test_an_event_that_fails_is_tried_three_times_and_kept(functions: Path, tmp_path: Path) -> None:
    kept = tmp_path / "dead.jsonl"
    with running_dev(functions, *AT_ONCE, "--dead-letter-file", str(kept)) as dev:
        request_id = send(dev, do="fail", message="no")
        dev.wait_for_log(f"event {request_id} is given up after 3 attempts (RetriesExhausted): ")
        assert f"kept in {kept}" in dev.log
        assert starts(dev) == [request_id] * 3
        assert len(re.findall(r"^REPORT ", dev.log, re.MULTILINE)) == 3
        retries = re.findall(r"event (\S+) failed with ValueError; attempt (\d of 3)", dev.log)
    assert retries == [(request_id, "2 of 3"), (request_id, "3 of 3")]
    (letter,) = letters(kept)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", letter.pop("timestamp"))
    assert letter["responsePayload"].pop("stackTrace")
    assert letter == {
        "version": "1.0",
        "requestContext": {
            "requestId": request_id,
            "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:my-function:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": {"do": "fail", "message": "no"},
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "responsePayload": {
            "errorMessage": "no",
            "errorType": "ValueError",
            "requestId": request_id,
        },
    }


def test_an_event_that_works_at_last_is_done(functions: Path, tmp_path: Path, place: Path) -> None:
    kept = tmp_path / "dead.jsonl"
    with running_dev(functions, *AT_ONCE, "--dead-letter-file", str(kept)) as dev:
        send(dev, do="fail_at_first", failures=2, place=str(place))
        dev.wait_for_log("attempt 3")
        dev.invoke({"do": "pong"})
    assert sorted(path.name for path in place.iterdir()) == ["1", "2", "3"]
    assert letters(kept) == []
    assert "not done" not in dev.log


# Those of which the log holds no traceback: these run side by side, and so do their logs.
WAYS_TO_FAIL: tuple[tuple[dict[str, Any], str], ...] = (
    ({"do": "leave", "code": 3}, "Runtime.ExitError"),
    ({"do": "die", "signal": "SIGKILL"}, "Runtime.ExitError"),
    ({"do": "sleep", "s": 60}, "Sandbox.Timedout"),
    ({"do": "allocate", "mb": 300}, "Runtime.OutOfMemory"),
)


def test_every_way_to_fail_is_a_failure(functions: Path, tmp_path: Path) -> None:
    kept = tmp_path / "dead.jsonl"
    limits = ("--event-retries", "1", "--timeout-s", "2", "--memory-mb", "128")
    with running_dev(functions, *AT_ONCE, *limits, "--dead-letter-file", str(kept)) as dev:
        sent = {send(dev, **event): (event, error_type) for event, error_type in WAYS_TO_FAIL}
        wait_until(lambda: len(letters(kept)) == len(sent), "a letter for each")
        assert sorted(starts(dev)) == sorted([*sent, *sent])
    seen = {
        letter["requestContext"]["requestId"]: (
            letter["requestPayload"],
            letter["responsePayload"]["errorType"],
        )
        for letter in letters(kept)
    }
    assert seen == sent


def test_without_a_file_what_is_given_up_is_said_to_be_lost(functions: Path) -> None:
    with running_dev(functions, *AT_ONCE, "--event-retries", "0") as dev:
        request_id = send(dev, do="fail", message="no")
        dev.wait_for_log(
            f"! event {request_id} is given up after 1 attempt (RetriesExhausted): lost; "
            "--dead-letter-file would keep it"
        )


def test_nothing_is_lost_when_it_is_stopped(functions: Path, tmp_path: Path) -> None:
    kept = tmp_path / "dead.jsonl"
    options = ("--concurrency", "1", "--event-retry-wait-s", "600", "--dead-letter-file", str(kept))
    with running_dev(functions, *HANDLER, *options) as dev:
        done = send(dev, do="say", text="done")
        failed = send(dev, do="fail", message="no")
        dev.wait_for_log("attempt 2 of 3 in 600 s")
        runs = send(dev, do="wait_for", file=str(tmp_path / "never"))
        dev.wait_for_log(" waits")
        waits = send(dev, do="pong")
        assert dev.stop() == 130
        assert f"! 3 events were not done: kept in {kept}" in dev.log
        assert done in starts(dev)
    contexts = [letter["requestContext"] for letter in letters(kept)]
    assert [
        (context["requestId"], context["condition"], context["approximateInvokeCount"])
        for context in contexts
    ] == [
        (failed, "LocalLambdaStopped", 1),
        (runs, "LocalLambdaStopped", 1),
        (waits, "LocalLambdaStopped", 0),
    ]


def test_a_call_does_not_wait_for_its_event(dev_of_functions: Dev, shared: Path) -> None:
    send(dev_of_functions, do="wait_for", file=str(shared / "go"))
    dev_of_functions.wait_for_log(" waits")
    assert "REPORT" not in dev_of_functions.log
    (shared / "go").touch()
    dev_of_functions.wait_for_log("REPORT")


def test_a_dead_letter_is_no_changed_file(functions: Path) -> None:
    kept = functions / "dead.jsonl"
    options = ("--event-retries", "0", "--dead-letter-file", "dead.jsonl")
    with running_dev(functions, *HANDLER, *options) as dev:
        send(dev, do="fail", message="no")
        dev.wait_for_log(f"kept in {kept}")
        (functions / "seen.txt").write_text("")
        dev.wait_for_log("changed: seen.txt;")
    assert len(letters(kept)) == 1


class Clock:
    """A time that passes only when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 (nothing tells of it)
        await asyncio.sleep(0.01)


def test_an_event_that_finds_no_room_is_given_up_when_it_is_too_old(
    functions: Path, shared: Path, tmp_path: Path
) -> None:
    clock, kept, log = Clock(), tmp_path / "dead.jsonl", list[str]()
    function = Function(name="fn", handler=HANDLER[1], folder=functions, concurrency=1)
    surroundings = Surroundings(
        reporter=SilentReporter(), log=log.append, now_s=lambda: clock.now_s, environ={}
    )
    settings = EventSettings(maximum_age_s=60, room_wait_s=0, dead_letter_file=kept)
    busy = json.dumps({"do": "wait_for", "file": str(shared / "go")}).encode()

    async def wait_in_vain() -> None:
        dispatcher = Dispatcher(function, surroundings)
        queue = EventQueue(dispatcher.submit, settings, surroundings)
        running = dispatcher.submit(new_request(busy, invoked_arn="arn", now_s=0))
        queue.add(new_request(b'{"do": "pong"}', invoked_arn="arn", now_s=0))
        await asyncio.sleep(0.05)
        assert letters(kept) == []
        clock.now_s += 61
        await until(lambda: bool(letters(kept)))
        (shared / "go").touch()
        await running
        await queue.stop()
        await dispatcher.stop()

    asyncio.run(wait_in_vain())
    (letter,) = letters(kept)
    assert letter["requestContext"]["condition"] == "EventAgeExceeded"
    assert letter["requestContext"]["approximateInvokeCount"] == 0
    assert "responseContext" not in letter
    assert sum(line.startswith("START ") for line in log) == 1


def test_many_events_are_all_run(dev_of_functions: Dev, place: Path) -> None:
    for _ in range(40):
        send(dev_of_functions, do="leave_a_mark", place=str(place))
    wait_until(lambda: len(list(place.iterdir())) == 40, "40 marks")
