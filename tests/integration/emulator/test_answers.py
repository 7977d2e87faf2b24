"""Answers that are given while the function's process is not yet ready for more."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

import pytest

from tulle.emulator.dispatcher import Dispatcher
from tulle.emulator.function import Function
from tulle.emulator.happening import Ended, Happening
from tulle.emulator.invocation import Request, new_request
from tulle.emulator.surroundings import Surroundings
from tulle.errors import TooManyInvocations
from tulle.progress import SilentReporter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

# A client of the Runtime API that answers with its process id, and then asks for more only once it may.
DAWDLER = """
import http.client, os, pathlib, time
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
def exchange(method, path, body=None):
    api.request(method, "/2018-06-01/runtime/invocation/" + path, body)
    response = api.getresponse()
    response.read()
    return response.headers["Lambda-Runtime-Aws-Request-Id"]
while True:
    request_id = exchange("GET", "next")
    exchange("POST", request_id + "/response", str(os.getpid()))
    while not pathlib.Path("go").exists():
        time.sleep(0.01)
"""


def run(
    folder: Path,
    scene: Callable[[Dispatcher, list[Happening]], Awaitable[None]],
    *,
    concurrency: int,
    timeout_s: int = 10,
) -> None:
    async def play() -> None:
        heard: list[Happening] = []
        surroundings = Surroundings(
            reporter=SilentReporter(), now_s=time.time, environ=os.environ, tell=heard.append
        )
        function = Function(
            name="fn",
            handler="lambda_function.lambda_handler",
            folder=folder,
            concurrency=concurrency,
            timeout_s=timeout_s,
        )
        dispatcher = Dispatcher(function, surroundings)
        try:
            await scene(dispatcher, heard)
        finally:
            await dispatcher.stop()

    asyncio.run(play())


def request(payload: bytes = b"{}") -> Request:
    return new_request(payload, invoked_arn="arn", now_s=0)


@pytest.fixture
def dawdler(folder: Path) -> Path:
    (folder / "awslambdaric.py").write_text(DAWDLER)
    return folder


def ends(heard: list[Happening]) -> int:
    return sum(isinstance(told, Ended) for told in heard)


def test_an_answer_does_not_wait_for_the_end_of_the_invocation(dawdler: Path) -> None:
    async def scene(dispatcher: Dispatcher, heard: list[Happening]) -> None:
        answer = await dispatcher.ask(request())
        assert (int(answer.body) > 0, answer.error_type, ends(heard)) == (True, None, 0)
        (dawdler / "go").touch()
        invocation = await dispatcher.submit(request())
        assert (invocation.payload, ends(heard)) == (answer.body, 2)

    run(dawdler, scene, concurrency=1)


def test_at_the_limit_a_request_waits_for_who_has_answered_and_the_next_is_refused(
    dawdler: Path,
) -> None:
    async def scene(dispatcher: Dispatcher, _heard: list[Happening]) -> None:
        first = await dispatcher.ask(request())
        second = dispatcher.ask(request())
        with pytest.raises(TooManyInvocations):
            dispatcher.ask(request())
        await asyncio.sleep(0.3)
        assert not second.done()
        (dawdler / "go").touch()
        assert (await second).body == first.body

    run(dawdler, scene, concurrency=1)


def test_below_the_limit_a_request_does_not_wait_for_long(dawdler: Path) -> None:
    async def scene(dispatcher: Dispatcher, heard: list[Happening]) -> None:
        first, second = [await dispatcher.ask(request()) for _ in range(2)]
        assert first.body != second.body
        assert ends(heard) == 0

    run(dawdler, scene, concurrency=2)


def test_who_does_not_ask_for_more_in_its_time_makes_room_for_another(dawdler: Path) -> None:
    async def scene(dispatcher: Dispatcher, _heard: list[Happening]) -> None:
        first, second = [await dispatcher.ask(request()) for _ in range(2)]
        assert first.body != second.body

    run(dawdler, scene, concurrency=1, timeout_s=2)


def test_one_request_after_the_other_needs_one_environment(
    functions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However long a busy machine takes until the child asks for more.
    monkeypatch.setattr("tulle.emulator.dispatcher._PATIENCE_S", 60.0)

    async def scene(dispatcher: Dispatcher, _heard: list[Happening]) -> None:
        answers = [await dispatcher.ask(request(b'{"do": "count"}')) for _ in range(200)]
        assert b'"count": 200,' in answers[-1].body

    run(functions, scene, concurrency=10)


def test_a_failure_is_an_answer_too(functions: Path) -> None:
    async def scene(dispatcher: Dispatcher, heard: list[Happening]) -> None:
        answer = await dispatcher.ask(request(b'{"do": "leave", "code": 3}'))
        assert (answer.error_type, ends(heard)) == ("Runtime.ExitError", 1)
        assert b"exit status 3" in answer.body

    run(functions, scene, concurrency=1)
