"""What an extension may wish to hear, and all that may be wrong with a wish."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tulle.emulator.telemetry.records import for_logs_api
from tulle.emulator.telemetry.subscription import Api, Subscription, read_subscription

WISH: dict[str, Any] = {
    "schemaVersion": "2022-12-13",
    "types": ["platform", "function", "platform"],
    "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080/events"},
    "buffering": {"maxItems": 1000, "timeoutMs": 25},
}


def read(api: Api = Api.TELEMETRY, **changes: Any) -> Subscription:
    wish = {**WISH, **changes}
    body = json.dumps({key: value for key, value in wish.items() if value is not None}).encode()
    return read_subscription("outer", api, body)


def test_a_wish_is_read_with_defaults() -> None:
    assert read() == Subscription(
        name="outer",
        api=Api.TELEMETRY,
        schema_version="2022-12-13",
        types=("platform", "function"),
        port=8080,
        path="/events",
        max_items=1000,
        max_bytes=262_144,
        timeout_s=0.025,
    )
    plain = read(Api.LOGS, schemaVersion=None, buffering=None)
    assert (plain.schema_version, plain.max_items, plain.timeout_s) == ("2020-08-15", 10_000, 1)


@pytest.mark.parametrize("host", ["sandbox.localdomain", "sandbox", "127.0.0.1", "localhost"])
def test_this_machine_has_four_names(host: str) -> None:
    destination = {"protocol": "HTTP", "URI": f"http://{host}:1234"}
    assert (read(destination=destination).port, read(destination=destination).path) == (1234, "/")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"schemaVersion": None}, "schemaVersion should be one of 2022-07-01, 2022-12-13, 2025-01-29"),
        ({"schemaVersion": "2021-03-18"}, "schemaVersion should be one of 2022-07-01, 2022-12-13, 2025-01-29"),
        ({"types": []}, "types should not be empty"),
        ({"types": ["other"]}, "types should be of platform, function, extension"),
        ({"types": [{}]}, "types should be of platform, function, extension"),
        ({"destination": None}, "destination is not provided"),
        ({"destination": {"protocol": "TCP"}}, "destination.protocol should be HTTP (tulle dev has no other)"),
        ({"destination": {"protocol": "HTTP"}}, "URI is not provided"),
        ({"destination": {"protocol": "HTTP", "URI": "http://sandbox:x"}}, "URI is invalid"),
        ({"destination": {"protocol": "HTTP", "URI": "http://sandbox:9001"}}, "URI port 9001 is reserved"),
        ({"destination": {"protocol": "HTTP", "URI": "https://sandbox:1"}}, "URI should begin with http://sandbox.localdomain"),
        ({"destination": {"protocol": "HTTP", "URI": "http://10.0.0.1:1"}}, "URI should begin with http://sandbox.localdomain"),
        ({"buffering": []}, "buffering should be an object"),
        ({"buffering": {"maxItems": 999}}, "buffering.maxItems should be from 1000 to 10000"),
        ({"buffering": {"maxBytes": 1048577}}, "buffering.maxBytes should be from 262144 to 1048576"),
        ({"buffering": {"timeoutMs": 24}}, "buffering.timeoutMs should be from 25 to 30000"),
        ({"buffering": {"timeoutMs": True}}, "buffering.timeoutMs should be from 25 to 30000"),
        ({"buffering": {"timeoutMs": 30.5}}, "buffering.timeoutMs should be from 25 to 30000"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=r".") as refusal:
        read(**changes)
    assert str(refusal.value) == problem


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ValueError, match="URI port is not provided; types should not be empty"):
        read(types=[], destination={"protocol": "HTTP", "URI": "http://sandbox.localdomain"})


@pytest.mark.parametrize("body", [None, b"", b"{", b"[]", b"[" * 100_000])
def test_what_is_no_object_is_refused(body: bytes | None) -> None:
    with pytest.raises(ValueError, match="the body is no JSON"):
        read_subscription("outer", Api.LOGS, body)


def test_the_first_logs_schema_does_not_know_when_the_runtime_is_done() -> None:
    record = {"requestId": "1", "status": "error", "metrics": {}}
    assert for_logs_api("platform.runtimeDone", record, "2020-08-15") == []
    assert for_logs_api("platform.runtimeDone", record, "2021-03-18") == [
        ("platform.runtimeDone", {"requestId": "1", "status": "failure"})
    ]
    assert for_logs_api("platform.initStart", {"phase": "init"}, "2021-03-18") == []
    assert for_logs_api("function", "a line\n", "2020-08-15") == [("function", "a line\n")]
