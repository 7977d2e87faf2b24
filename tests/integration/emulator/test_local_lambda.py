"""`LocalLambda` and `Dispatcher` as a library: what other parts of the tool build on."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tulle.emulator.dispatcher import Dispatcher
from tulle.emulator.function import Function
from tulle.emulator.invocation import Invocation, Status, new_request
from tulle.emulator.server import LocalLambda, ServerOptions
from tulle.emulator.surroundings import Surroundings
from tulle.progress import SilentReporter
from tulle.project.api import ApiSection, ApiType

if TYPE_CHECKING:
    from pathlib import Path


def function(folder: Path, *, timeout_s: int = 5) -> Function:
    return Function(
        name="fn", handler="lambda_function.lambda_handler", folder=folder, timeout_s=timeout_s
    )


def surroundings(log: list[str]) -> Surroundings:
    return Surroundings(
        reporter=SilentReporter(),
        log=log.append,
        now_s=time.time,
        environ={"PATH": "/usr/bin:/bin"},
    )


def invoke_in_turn(function: Function, *payloads: bytes, log: list[str]) -> list[Invocation]:
    async def invoke() -> list[Invocation]:
        options = ServerOptions(port=0, reload=False)
        async with LocalLambda(function, options, surroundings(log)) as running:
            return [await running.invoke(payload) for payload in payloads]

    return asyncio.run(invoke())


async def reports(log: list[str], number: int) -> None:
    """Wait for the ends of invocations whose callers are gone."""
    while sum(line.startswith("REPORT ") for line in log) < number:  # noqa: ASYNC110 (it is a list)
        await asyncio.sleep(0.01)


def test_an_invocation_holds_its_report(functions: Path) -> None:
    log: list[str] = []
    cold, warm = invoke_in_turn(function(functions), b'{"do": "pong"}', b'{"do": "pong"}', log=log)
    assert (cold.payload, cold.error_type) == (b'"PONG"', None)
    assert cold.report.init_duration_ms is not None
    assert cold.report.billed_duration_ms >= cold.report.init_duration_ms + cold.report.duration_ms
    assert warm.report.init_duration_ms is None
    assert warm.report.status is Status.SUCCESS
    assert warm.log_tail.decode().splitlines() == log[-3:]


def test_a_timeout_is_reported_as_one(functions: Path) -> None:
    log: list[str] = []
    slow, after = invoke_in_turn(
        function(functions, timeout_s=2), b'{"do": "sleep", "s": 9}', b'{"do": "pong"}', log=log
    )
    assert slow.report.status is Status.TIMEOUT
    assert slow.report.duration_ms == 2000
    assert slow.report.line().endswith("Status: timeout")
    assert after.payload == b'"PONG"'


def test_a_folder_that_is_gone_is_an_invalid_entrypoint(tmp_path: Path) -> None:
    folder = tmp_path / "fn"
    folder.mkdir()
    gone = function(folder)
    folder.rmdir()
    (invocation,) = invoke_in_turn(gone, b"{}", log=[])
    assert invocation.error_type == "Runtime.InvalidEntrypoint"
    assert b"no such file or directory" in invocation.payload


def test_a_caller_that_goes_away_does_not_end_the_invocation(functions: Path) -> None:
    log: list[str] = []

    async def give_up() -> Invocation:
        options = ServerOptions(port=0, reload=False)
        async with LocalLambda(function(functions), options, surroundings(log)) as running:
            await running.invoke(b'{"do": "pong"}')
            call = asyncio.create_task(running.invoke(b'{"do": "sleep", "s": 0.3}'))
            await asyncio.sleep(0.1)
            call.cancel()
            await reports(log, 2)
            return await running.invoke(b'{"do": "count"}')

    assert b'"count": 1' in asyncio.run(give_up()).payload


@pytest.mark.parametrize(
    ("api", "answered"),
    [
        (ApiType.HTTP, (503, b'{"message":"Service Unavailable"}')),
        (ApiType.REST, (504, b'{"message": "Endpoint request timed out"}')),
    ],
)
def test_the_gateway_gives_up_while_the_function_runs_on(
    tmp_path: Path, api: ApiType, answered: tuple[int, bytes]
) -> None:
    (tmp_path / "lambda_function.py").write_text(
        "import pathlib, time\n"
        "def lambda_handler(event, context):\n"
        "    while not pathlib.Path('go').exists():\n"
        "        time.sleep(0.01)\n"
    )
    log: list[str] = []

    async def get() -> tuple[int, bytes]:
        options = ServerOptions(port=0, api=ApiSection(type=api, timeout_s=0.2), reload=False)
        async with (
            LocalLambda(function(tmp_path), options, surroundings(log)) as running,
            aiohttp.ClientSession() as session,
        ):
            async with session.get(f"{running.url}/predict") as response:
                answer = response.status, await response.read()
            (tmp_path / "go").touch()
            await reports(log, 1)
            return answer

    assert asyncio.run(get()) == answered
    assert "Status" not in log[-1]


SLOW_ONCE = """
import pathlib, time
first = pathlib.Path("first")
if not first.exists():
    first.touch()
    time.sleep(60)
def lambda_handler(event, context):
    return "ready"
"""


def test_an_init_over_its_limit_starts_anew_within_the_invocation(tmp_path: Path) -> None:
    (tmp_path / "lambda_function.py").write_text(SLOW_ONCE)
    log: list[str] = []

    async def invoke() -> Invocation:
        outside = surroundings(log)
        dispatcher = Dispatcher(function(tmp_path, timeout_s=10), outside, init_limit_s=1.5)
        try:
            return await dispatcher.submit(new_request(b"{}", invoked_arn="arn", now_s=0))
        finally:
            await dispatcher.stop()

    invocation = asyncio.run(invoke())
    assert invocation.payload == b'"ready"'
    assert invocation.report.billed_duration_ms < 1500  # the first init is not billed
    assert invocation.report.init_duration_ms is None
    assert [line.split()[0] for line in log] == [
        "INIT_START", "INIT_REPORT", "START", "END", "REPORT",
    ]  # fmt: skip
    assert "Phase: init\tStatus: timeout" in log[1]


FAILS = """
import pathlib
tries = pathlib.Path("tries")
count = int(tries.read_text()) + 1 if tries.exists() else 1
tries.write_text(str(count))
print("try", count)
if count in {FAILING}:
    raise KeyError(count)
def lambda_handler(event, context):
    return count
"""


def kinds(log: list[str]) -> list[str]:
    """Give what the lines of a log are, with what an INIT_REPORT says beside its time."""
    return [
        re.sub(r" Duration: .*?\t", " ", line)
        if line.startswith("INIT_REPORT")
        else line.split()[0]
        for line in log
        if line.startswith(("INIT_", "START", "END", "REPORT", "try"))
    ]


def test_an_init_that_fails_is_tried_twice_and_the_second_is_the_invocations(
    tmp_path: Path,
) -> None:
    (tmp_path / "lambda_function.py").write_text(FAILS.replace("FAILING", "1, 2, 3"))
    log: list[str] = []
    invocations = invoke_in_turn(function(tmp_path), b"{}", b"{}", b"{}", log=log)
    error = "Status: error\tError Type: KeyError"
    assert kinds(log) == [
        *("INIT_START", "try", f"INIT_REPORT Init Phase: init\t{error}"),
        *("try", f"INIT_REPORT Init Phase: invoke\t{error}", "START", "END", "REPORT"),
        *("try", f"INIT_REPORT Init Phase: invoke\t{error}", "START", "END", "REPORT"),
        *("try", "START", "END", "REPORT"),
    ]
    assert [json.loads(each.payload) for each in invocations][2] == 4
    assert [json.loads(each.payload)["errorMessage"] for each in invocations[:2]] == ["2", "3"]
    assert [each.report.init_duration_ms for each in invocations] == [None] * 3


def test_an_init_that_fails_once_does_not_fail_the_invocation(tmp_path: Path) -> None:
    (tmp_path / "lambda_function.py").write_text(FAILS.replace("FAILING", "1,"))
    log: list[str] = []
    (invocation,) = invoke_in_turn(function(tmp_path), b"{}", log=log)
    assert (invocation.payload, invocation.error_type) == (b"2", None)
    assert kinds(log) == [
        *("INIT_START", "try", "INIT_REPORT Init Phase: init\tStatus: error\tError Type: KeyError"),
        *("try", "START", "END", "REPORT"),
    ]


def test_a_new_process_in_an_old_environment_is_not_told_of_and_takes_of_the_invocations_time(
    tmp_path: Path,
) -> None:
    (tmp_path / "lambda_function.py").write_text(
        "import os, time\n"
        "if os.path.exists('second'): time.sleep(0.2)\n"
        "open('second', 'w').close()\n"
        "def lambda_handler(event, context): event and os._exit(1)\n"
    )
    log: list[str] = []
    _, after = invoke_in_turn(function(tmp_path), b"[1]", b"[]", log=log)
    assert kinds(log) == ["INIT_START", "START", "END", "REPORT", "START", "END", "REPORT"]
    assert after.report.init_duration_ms is None
    assert after.report.duration_ms > 200


def test_an_init_that_never_ends_is_a_timeout(tmp_path: Path) -> None:
    (tmp_path / "lambda_function.py").write_text("import time\ntime.sleep(60)\n")

    async def invoke() -> Invocation:
        dispatcher = Dispatcher(function(tmp_path, timeout_s=1), surroundings([]), init_limit_s=0.3)
        try:
            return await dispatcher.submit(new_request(b"{}", invoked_arn="arn", now_s=0))
        finally:
            await dispatcher.stop()

    invocation = asyncio.run(invoke())
    assert invocation.error_type == "Sandbox.Timedout"
    assert invocation.report.duration_ms == 1000


def test_a_child_over_its_time_is_ended_at_once(tmp_path: Path) -> None:
    (tmp_path / "lambda_function.py").write_text(
        "import pathlib, time\n"
        "def lambda_handler(event, context):\n"
        "    while True:\n"
        "        time.sleep(0.05)\n"
        "        pathlib.Path('alive').write_text(str(time.time()))\n"
    )

    async def invoke() -> tuple[str, str]:
        options = ServerOptions(port=0, reload=False)
        over = function(tmp_path, timeout_s=1)
        async with LocalLambda(over, options, surroundings([])) as running:
            await running.invoke(b"{}")
            before = (tmp_path / "alive").read_text()
            await asyncio.sleep(0.3)
            return before, (tmp_path / "alive").read_text()

    before, after = asyncio.run(invoke())
    assert before == after
