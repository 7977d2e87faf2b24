"""Internal extensions: parts of a function that register beside its runtime, under AWS's own client."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.sandbox.conftest import FOLDER, Place, ask
from tulle.emulator.function import Client

if TYPE_CHECKING:
    from tulle.emulator.invocation import Invocation
    from tulle.emulator.outcome import Answer
    from tulle.emulator.server import LocalLambda

FUNCTIONS = Path(__file__).with_name("functions")


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def place(log: list[str]) -> Place:
    return Place(folder=FUNCTIONS, isolation=FOLDER, timeout_s=5, log=log.append)


def lines_of(log: list[str], *beginnings: str) -> list[str]:
    return [line for line in log if line.startswith(beginnings)]


def test_an_extension_is_told_of_its_function_and_of_each_invocation(
    place: Place, log: list[str]
) -> None:
    async def scene(running: LocalLambda) -> list[Any]:
        return [await ask(running, do="heard") for _ in range(2)]

    first, second = place.run(scene)
    told = {
        "accountId": "123456789012",
        "functionName": "fn",
        "functionVersion": "$LATEST",
        "handler": "app.handler",
    }
    assert first["welcome"] == [200, told]
    assert [event["requestId"] for event in second["heard"]] == [first["id"], second["id"]]
    event = second["heard"][1]
    assert event["deadlineMs"] > 0
    assert event["tracing"]["value"].startswith("Root=1-")
    assert {**event, "deadlineMs": 0, "requestId": "", "tracing": event["tracing"]["type"]} == {
        "eventType": "INVOKE",
        "deadlineMs": 0,
        "requestId": "",
        "invokedFunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:fn",
        "tracing": "X-Amzn-Trace-Id",
    }
    assert lines_of(log, "EXTENSION") == ["EXTENSION\tName: inner\tState: Ready\tEvents: [INVOKE]"]
    kinds = [line.partition(" ")[0].partition("\t")[0] for line in log]
    assert kinds.index("EXTENSION") < kinds.index("START")
    assert kinds.count("START") == kinds.count("REPORT") == 2


def test_an_invocation_is_answered_at_once_but_lasts_until_its_extensions_are_done(
    place: Place,
) -> None:
    place = replace(place, environment=(("EXTENSION_WORK_S", "0.3"),))

    async def scene(running: LocalLambda) -> tuple[Answer, bool, Invocation]:
        await ask(running, do="pong")
        request = running.request(b'{"do": "pong"}')
        answer = await running.ask(request)
        answered_before_the_end = bool(running._dispatcher._busy)
        return answer, answered_before_the_end, await running.invoke(b'{"do": "pong"}')

    answer, answered_before_the_end, invocation = place.run(scene)
    assert (answer.body, invocation.payload) == (b'"pong"', b'"pong"')
    assert answered_before_the_end
    assert invocation.report.duration_ms >= 300


def test_an_extension_that_overruns_costs_the_environment_not_the_answer(
    place: Place, log: list[str]
) -> None:
    place = replace(place, timeout_s=1, environment=(("EXTENSION_WORK_S", "20"),))

    async def scene(running: LocalLambda) -> list[Any]:
        return [await ask(running, do="pong") for _ in range(2)]

    assert place.run(scene) == ["pong", "pong"]
    assert len(lines_of(log, "EXTENSION")) == 2  # it started anew


def test_an_extension_that_complained_gives_its_name_to_the_end(
    place: Place, log: list[str]
) -> None:
    async def scene(running: LocalLambda) -> Invocation:
        return await running.invoke(b'{"do": "complain"}')

    failed = place.run(scene)
    assert failed.error_type == "Extension.ExitError"
    assert json.loads(failed.payload)["errorMessage"] == (
        f"RequestId: {failed.request_id} Error: Runtime exited with error: exit status 3"
    )
    assert "complained: 202" in log


def test_a_runtime_is_asked_to_end_only_where_there_are_extensions(
    place: Place, log: list[str]
) -> None:
    async def scene(running: LocalLambda) -> Any:
        return await ask(running, do="pong")

    place = replace(place, client=Client.BOOTSTRAP)
    for extension, ended in (("yes", ["runtime ends"]), ("no", [])):
        log.clear()
        place = replace(place, environment=(("EXTENSION", extension),))
        assert place.run(scene) == "pong"
        assert lines_of(log, "runtime ends") == ended
