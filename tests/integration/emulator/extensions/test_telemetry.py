"""Telemetry: what an extension hears that subscribes by the Telemetry API, or by the older Logs API."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.sandbox.conftest import FOLDER, Place, ask

if TYPE_CHECKING:
    from tulle.emulator.server import LocalLambda

FUNCTIONS = Path(__file__).with_name("functions")
TELEMETRY, LOGS = "/2022-07-01/telemetry", "/2020-08-15/logs"
ALL = ("platform", "function", "extension")


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def place(log: list[str]) -> Place:
    return Place(folder=FUNCTIONS, isolation=FOLDER, timeout_s=5, log=log.append)


def subscribing(place: Place, by: str, version: str, *types: str) -> Place:
    wish = json.dumps({"schemaVersion": version, "types": types})
    return replace(place, environment=(("SUBSCRIBE", wish), ("BY", by)))


async def say_and_ask(running: LocalLambda) -> Any:
    await ask(running, do="say", text="hello")
    return await ask(running, do="told", reports=1)


def kinds(events: list[Any]) -> list[str]:
    return [event["type"] for event in events]


def without_times(record: dict[str, Any]) -> dict[str, Any]:
    """Leave out what cannot be the same twice."""
    cut = {"tracing", "requestId", "metrics", "instanceId", "runtimeVersion", "runtimeVersionArn"}
    return {key: value for key, value in record.items() if key not in cut}


def test_a_subscriber_hears_of_the_start_too_and_of_all_phases(
    place: Place, log: list[str]
) -> None:
    told = subscribing(place, TELEMETRY, "2022-12-13", *ALL).run(say_and_ask)
    assert told["subscribed"] == [200, "OK"]
    assert told["how"] == ["/events", "application/json"]
    events = told["events"]
    function = [event["record"] for event in events if event["type"] == "function"]
    assert "hello\n" in function
    platform = [event for event in events if event["type"].startswith("platform.")]
    first = kinds(platform).index("platform.report")
    assert kinds(platform[: first + 1]) == [
        "platform.initStart",
        "platform.telemetrySubscription",
        "platform.initRuntimeDone",
        "platform.extension",
        "platform.initReport",
        "platform.start",
        "platform.runtimeDone",
        "platform.report",
    ]
    assert [without_times(event["record"]) for event in platform[: first + 1]] == [
        {
            "initializationType": "on-demand",
            "phase": "init",
            "functionName": "fn",
            "functionVersion": "$LATEST",
            "instanceMaxMemory": 1024 * 1024 * 1024,
        },
        {"name": "inner", "state": "Subscribed", "types": [*ALL]},
        {"initializationType": "on-demand", "phase": "init", "status": "success"},
        {"name": "inner", "state": "Ready", "events": ["INVOKE"]},
        {"initializationType": "on-demand", "phase": "init", "status": "success"},
        {"version": "$LATEST"},
        {"status": "success"},
        {"status": "success"},
    ]
    start, done, report = (event["record"] for event in platform[first - 2 : first + 1])
    assert start["requestId"] == done["requestId"] == report["requestId"]
    assert start["tracing"]["type"] == "X-Amzn-Trace-Id"
    assert done["metrics"]["producedBytes"] == len("null")
    assert set(report["metrics"]) == {
        *("durationMs", "billedDurationMs", "memorySizeMB", "maxMemoryUsedMB", "initDurationMs")
    }
    times = [event["time"] for event in platform]
    assert times == sorted(times)
    assert times[0].endswith("Z")
    line = "TELEMETRY\tName: inner\tState: Subscribed\tTypes: [Platform, Function, Extension]"
    assert log.count(line) == 1


def test_the_logs_api_has_an_older_schema(place: Place, log: list[str]) -> None:
    told = subscribing(place, LOGS, "2021-03-18", "platform").run(say_and_ask)
    events = told["events"]
    first = kinds(events).index("platform.report")
    assert kinds(events[: first + 1]) == [
        "platform.logsSubscription",
        "platform.extension",
        "platform.start",
        "platform.runtimeDone",
        "platform.end",
        "platform.report",
    ]
    start, done, end, report = (event["record"] for event in events[first - 3 : first + 1])
    request = {"requestId": report["requestId"]}
    assert start == {**request, "version": "$LATEST"}
    assert done == {**request, "status": "success"}
    assert end == request
    assert set(report) == {"requestId", "metrics"}
    assert "LOGS\tName: inner\tState: Subscribed\tTypes: [Platform]" in log


def test_only_what_was_asked_for_is_told(place: Place) -> None:
    place = subscribing(place, TELEMETRY, "2022-07-01", "function")

    async def scene(running: LocalLambda) -> Any:
        await ask(running, do="say", text="hello")
        await asyncio.sleep(0.2)
        return await ask(running, do="told", reports=0)

    assert set(kinds(place.run(scene)["events"])) == {"function"}


def test_the_report_of_what_failed_is_heard_after_the_next_start(place: Place) -> None:
    async def scene(running: LocalLambda) -> Any:
        failed = await running.invoke(b'{"do": "leave"}')
        return failed, await ask(running, do="told", reports=1)

    for by, version in ((TELEMETRY, "2022-12-13"), (LOGS, "2020-08-15")):
        failed, told = subscribing(place, by, version, "platform").run(scene)
        events = told["events"]
        (report,) = [event["record"] for event in events if event["type"] == "platform.report"]
        assert report["requestId"] == failed.request_id
        faults = [event["record"] for event in events if event["type"] == "platform.fault"]
        if by == LOGS:
            message = json.loads(failed.payload)["errorMessage"]
            assert faults == [f"{message}\nRuntime.ExitError"]
        else:
            assert report["status"] == "error"
            assert report["errorType"] == "Runtime.ExitError"
            assert faults == []


def test_nobody_can_subscribe_after_the_start_nor_without_having_registered(place: Place) -> None:
    async def scene(running: LocalLambda) -> list[Any]:
        asked = {"do": "ask", "method": "PUT", "body": {}}
        mine = {"Lambda-Extension-Identifier": "MINE"}
        return [
            await ask(running, path=TELEMETRY, headers=mine, **asked),
            await ask(running, path=LOGS, headers=mine, **asked),
            await ask(running, path=TELEMETRY, headers={}, **asked),
        ]

    closed, closed_logs, unknown = place.run(scene)
    assert closed == [
        403,
        {
            "errorMessage": "Telemetry API subscription is closed already",
            "errorType": "Telemetry.SubscriptionClosed",
        },
    ]
    assert closed_logs[1]["errorType"] == "Logs.SubscriptionClosed"
    assert unknown[1]["errorType"] == "Extension.MissingExtensionIdentifier"
