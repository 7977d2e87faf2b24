"""Many invocations at once: execution environments that come, are used again, and go."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.dev_process import Dev, is_alive, running_dev, wait_until
from tulle.emulator.dispatcher import Dispatcher
from tulle.emulator.function import Function
from tulle.emulator.invocation import Invocation, Request, new_request
from tulle.emulator.surroundings import Surroundings
from tulle.progress import SilentReporter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HANDLER = ("--handler", "lambda_function.lambda_handler")
INVOKE = "/2015-03-31/functions/function/invocations"


@contextmanager
def busy(dev: Dev, go: Path, number: int) -> Iterator[list[Future[Any]]]:
    """Keep environments busy until the file `go` is there, then wait for their answers."""
    before = len(waiting(dev))
    with ThreadPoolExecutor(number) as clients:
        event = {"do": "wait_for", "file": str(go)}
        calls = [clients.submit(dev.invoke, event) for _ in range(number)]
        wait_until(lambda: len(waiting(dev)) == before + number, f"{number} busy environments")
        try:
            yield calls
        finally:
            go.touch()


def waiting(dev: Dev) -> list[int]:
    return [int(pid) for pid in re.findall(r"^process (\d+) waits$", dev.log, re.MULTILINE)]


def reports(dev: Dev) -> list[str]:
    return re.findall(r"^REPORT .*$", dev.log, re.MULTILINE)


def test_eight_clients_at_once_get_an_environment_each(dev_of_functions: Dev, shared: Path) -> None:
    dev = dev_of_functions

    def meet(guest: int, place: Path) -> Any:
        event = {"do": "meet", "guest": guest, "place": str(place), "invited": 8}
        return dev.invoke(event).json

    for meeting in ("first", "second"):
        place = shared / meeting
        place.mkdir()
        with ThreadPoolExecutor(8) as clients:
            answers = list(clients.map(meet, range(8), [place] * 8))
        assert [answer["guest"] for answer in answers] == list(range(8))
        assert len({answer["pid"] for answer in answers}) == 8
        assert len({answer["log_stream"] for answer in answers}) == 8
    wait_until(lambda: len(reports(dev)) == 16, "16 reports")
    assert sum("Init Duration" in report for report in reports(dev)) == 8


def test_the_environment_used_last_is_used_first(dev_of_functions: Dev, shared: Path) -> None:
    with busy(dev_of_functions, shared / "go", 3):
        alone = dev_of_functions.invoke({"do": "count"}).json["pid"]
    last = dev_of_functions.invoke({"do": "count"}).json["pid"]
    assert last != alone
    assert [dev_of_functions.invoke({"do": "count"}).json["pid"] for _ in range(3)] == [last] * 3


def test_above_the_limit_aws_answers_too_many_requests(functions: Path, shared: Path) -> None:
    with running_dev(functions, *HANDLER, "--concurrency", "2") as dev, dev.client() as client:
        with busy(dev, shared / "go", 2) as calls:
            with pytest.raises(client.exceptions.TooManyRequestsException) as caught:
                client.invoke(FunctionName="my-function", Payload='{"do": "pong"}')
            refusal = dev.request("POST", INVOKE, b'{"do": "pong"}')
            gateway = dev.request("GET", "/predict")
        assert sorted(call.result().json for call in calls) == sorted(waiting(dev))
        assert dev.invoke({"do": "pong"}).json == "PONG"
    answer = caught.value.response["ResponseMetadata"]
    assert answer["HTTPStatusCode"] == 429
    assert "retryAfterSeconds" not in caught.value.response  # nor did AWS send it, in November 2025
    assert caught.value.response["Error"]["Message"] == "Rate Exceeded."
    assert refusal.body == (
        b'{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User",'
        b'"message":"Rate Exceeded."}'
    )
    assert (gateway.status, gateway.body) == (503, b'{"message":"Service Unavailable"}')


def test_events_above_the_limit_run_later_in_the_order_they_came(
    functions: Path, shared: Path
) -> None:
    with running_dev(functions, *HANDLER, "--concurrency", "1") as dev, dev.client() as client:
        with busy(dev, shared / "go", 1):
            for number in range(5):
                client.invoke(
                    FunctionName="my-function",
                    InvocationType="Event",
                    Payload=json.dumps({"do": "say", "text": f"event {number}"}),
                )
            assert "\nevent" not in dev.log
        wait_until(lambda: len(reports(dev)) == 6, "six reports")
        spoken = re.findall(r"^event (\d)$", dev.log, re.MULTILINE)
    assert spoken == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("event", "error_type"),
    [
        ({"do": "leave", "code": 3}, "Runtime.ExitError"),
        ({"do": "die", "signal": "SIGKILL"}, "Runtime.ExitError"),
    ],
)
def test_an_environment_that_fails_ends_alone(
    dev_of_functions: Dev, shared: Path, event: dict[str, Any], error_type: str
) -> None:
    with busy(dev_of_functions, shared / "go", 2) as calls:
        assert dev_of_functions.invoke(event).json["errorType"] == error_type
        assert dev_of_functions.invoke({"do": "count"}).json["count"] == 1
        assert all(is_alive(pid) for pid in waiting(dev_of_functions))
    assert sorted(call.result().json for call in calls) == sorted(waiting(dev_of_functions))


def test_an_environment_over_its_time_ends_alone(functions: Path, shared: Path) -> None:
    with running_dev(functions, *HANDLER, "--timeout-s", "2") as dev:
        with busy(dev, shared / "go", 1) as calls:
            other = dev.invoke({"do": "count"}).json["pid"]
        assert dev.invoke({"do": "sleep", "s": 60}).json["errorType"] == "Sandbox.Timedout"
        assert not is_alive(calls[0].result().json)
        assert dev.invoke({"do": "count"}).json == {"count": 2, "pid": other}


def test_a_change_replaces_idle_environments_at_once_and_busy_ones_when_done(
    dev_of_functions: Dev, functions: Path, shared: Path
) -> None:
    dev = dev_of_functions
    with busy(dev, shared / "go", 1) as calls:
        idle = dev.invoke({"do": "count"}).json["pid"]
        (at_work,) = waiting(dev)
        (functions / "other.py").write_text("")
        wait_until(lambda: not is_alive(idle), "the end of the idle environment")
        assert is_alive(at_work)
    assert calls[0].result().json == at_work
    wait_until(lambda: not is_alive(at_work), "the end of the environment that was at work")
    assert dev.invoke({"do": "count"}).json["count"] == 1


def test_a_stop_ends_every_environment(dev_of_functions: Dev, shared: Path) -> None:
    dev = dev_of_functions
    with busy(dev, shared / "never", 4) as calls:
        idle = dev.invoke({"do": "count"}).json["pid"]
        assert dev.stop() == 130
        assert not [pid for pid in (*waiting(dev), idle) if is_alive(pid)]
    assert all(isinstance(call.exception(), OSError) for call in calls)


def test_an_environment_that_is_idle_for_long_is_shut_down(functions: Path) -> None:
    function = Function(name="fn", handler=HANDLER[1], folder=functions)
    log: list[str] = []
    surroundings = Surroundings(
        reporter=SilentReporter(), log=log.append, now_s=time.time, environ=os.environ
    )

    async def use_twice() -> tuple[Invocation, Invocation]:
        dispatcher = Dispatcher(function, surroundings, idle_limit_s=0.05)
        try:
            first = await dispatcher.submit(count())
            pid = json.loads(first.payload)["pid"]
            while is_alive(pid):  # noqa: ASYNC110 (nothing tells of it)
                await asyncio.sleep(0.01)
            return first, await dispatcher.submit(count())
        finally:
            await dispatcher.stop()

    first, second = asyncio.run(use_twice())
    assert first.report.init_duration_ms is not None
    assert second.report.init_duration_ms is not None
    assert json.loads(second.payload)["count"] == 1


def count() -> Request:
    return new_request(b'{"do": "count"}', invoked_arn="arn", now_s=0)
