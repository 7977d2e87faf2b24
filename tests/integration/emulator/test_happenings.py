"""What the local Lambda tells while it works, and whose line is whose on the terminal."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from tulle.emulator.function import Function
from tulle.emulator.happening import Began, Ended, EnvironmentsCounted, Happening, Logged
from tulle.emulator.server import LocalLambda, ServerOptions
from tulle.emulator.surroundings import Surroundings
from tulle.progress import SilentReporter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from integration.emulator.dev_process import Dev

LATE = """
import pathlib, threading, time
def wait_and_say():
    while not pathlib.Path("go").exists():
        time.sleep(0.01)
    print("late")
def lambda_handler(event, context):
    threading.Thread(target=wait_and_say, daemon=True).start()
    return context.log_stream_name
"""


def hear(folder: Path, scene: Callable[[LocalLambda, list[Happening]], Awaitable[None]]) -> None:
    async def run() -> None:
        heard: list[Happening] = []
        function = Function(name="fn", handler="lambda_function.lambda_handler", folder=folder)
        surroundings = Surroundings(
            reporter=SilentReporter(), now_s=time.time, environ=os.environ, tell=heard.append
        )
        options = ServerOptions(port=0, reload=False)
        async with LocalLambda(function, options, surroundings) as running:
            await scene(running, heard)

    asyncio.run(run())


Kind = TypeVar("Kind", bound=Happening)


def of(kind: type[Kind], heard: list[Happening]) -> list[Kind]:
    return [happening for happening in heard if isinstance(happening, kind)]


def meeting_of_two(folder: Path) -> bytes:
    """Make an event with which two invocations end only if they run at once."""
    place = folder / "meeting"
    place.mkdir()
    return json.dumps({"do": "meet", "guest": 0, "place": str(place), "invited": 2}).encode()


def test_an_invocation_is_told_from_its_beginning_to_its_end(functions: Path) -> None:
    async def scene(running: LocalLambda, heard: list[Happening]) -> None:
        first = await running.invoke(b'{"do": "say", "text": "hello"}')
        second = await running.invoke(b'{"do": "pong"}')
        began, ended, logged = of(Began, heard), of(Ended, heard), of(Logged, heard)
        assert [told.cold for told in began] == [True, False]
        assert [told.request.request_id for told in began] == [first.request_id, second.request_id]
        assert [told.invocation for told in ended] == [first, second]
        (environment,) = {told.environment for told in logged}
        assert [told.environment for told in ended] == [environment] * 2
        assert [told.environment for told in began] == [environment] * 2
        lines = [told.line.split()[0] for told in logged if told.request_id == first.request_id]
        assert lines == ["INIT_START", "module", "START", "hello", "END", "REPORT"]
        assert heard[0] == EnvironmentsCounted(busy=1, idle=0)
        assert heard[1] == began[0]

    hear(functions, scene)


def test_a_line_between_invocations_belongs_to_none(tmp_path: Path) -> None:
    (tmp_path / "lambda_function.py").write_text(LATE)

    async def scene(running: LocalLambda, heard: list[Happening]) -> None:
        log_stream = json.loads((await running.invoke(b"{}")).payload)
        (tmp_path / "go").touch()
        line = Logged(environment=log_stream, request_id=None, line="late")
        while line not in heard:  # noqa: ASYNC110 (it is a list)
            await asyncio.sleep(0.01)

    hear(tmp_path, scene)


def test_environments_are_counted_as_they_come_and_go(functions: Path, shared: Path) -> None:
    async def scene(running: LocalLambda, heard: list[Happening]) -> None:
        event = meeting_of_two(shared)
        await asyncio.gather(running.invoke(event), running.invoke(event))
        await running.invoke(b'{"do": "leave", "code": 1}')
        counts = [(told.busy, told.idle) for told in of(EnvironmentsCounted, heard)]
        # The one that crashed stays, with its /tmp, for the next child.
        assert counts == [(1, 0), (2, 0), (1, 1), (0, 2), (1, 1), (0, 2)]

    hear(functions, scene)


def test_lines_of_invocations_that_run_at_once_tell_their_environment(
    dev_of_functions: Dev, shared: Path
) -> None:
    dev = dev_of_functions
    dev.invoke({"do": "say", "text": "alone"})
    event = json.loads(meeting_of_two(shared))
    with ThreadPoolExecutor(2) as clients:
        answers = list(clients.map(dev.invoke, [event, event]))
    assert len({answer.json["pid"] for answer in answers}) == 2
    dev.invoke({"do": "say", "text": "last"})
    dev.wait_for_log("last\nEND")
    shown = dev.log_file.read_text()
    assert re.search(r"^alone\nEND", shown, re.MULTILINE)
    assert re.search(r"^(1|2) \| START .*\n\1 \| last\n\1 \| END ", shown, re.MULTILINE)
    lines = re.findall(r"^(\d) \| (?:END|REPORT) RequestId: (\S+)", shown, re.MULTILINE)
    assert len(lines) == 6
    assert len(set(lines)) == 3
