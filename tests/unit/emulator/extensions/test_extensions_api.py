"""What the Extensions API answers to external extensions, where they stand wrong, and to requests that are none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tulle.emulator.extensions.extensions import Extensions
from tulle.emulator.extensions.extensions_api import ExtensionsApi, Identity
from tulle.emulator.runtime_connection import Head, Reply, RuntimeConnection
from tulle.emulator.telemetry.telemetry import Telemetry
from tulle.emulator.telemetry.telemetry_api import TelemetryApi

IDENTITY = Identity(function="fn", version="$LATEST", handler="app.handler", account="1" * 12)
PREFIX = "/2020-01-01/extension"


class Caller:
    """An extension's side of the API, without a network."""

    def __init__(self) -> None:
        self.moves: list[str] = []
        self.extensions = Extensions(lambda: self.moves.append("moved"))
        self.extensions.add("outer", is_external=True)
        self.log: list[str] = []
        self.telemetry = Telemetry(lambda: 0)
        api = TelemetryApi(self.telemetry, self.log.append)
        self.api = ExtensionsApi(self.extensions, IDENTITY, api)
        self.identifier = ""

    def ask(self, method: str, path: str, body: bytes | None = b"", **headers: str) -> Any:
        """Give status and content, or None where the reply will come later."""
        named = {f"lambda-extension-{name.replace('_', '-')}": headers[name] for name in headers}
        head = Head(method=method, path=PREFIX + path, headers=named)
        reply = self.api.begin(head) or self.api.end(head, body, RuntimeConnection(self.api))
        return reply and (reply.status, content(reply))

    def register(
        self, name: str = "outer", events: tuple[str, ...] = ("INVOKE", "SHUTDOWN")
    ) -> Any:
        body = json.dumps({"events": events}).encode()
        answer = self.ask("POST", "/register", body, name=name)
        extension = self.extensions.named(name)
        self.identifier = extension.identifier if extension else ""
        return answer

    def next(self) -> Any:
        return self.ask("GET", "/event/next", identifier=self.identifier)

    def complain(self, when: str) -> Any:
        return self.ask(
            "POST", f"/{when}/error", identifier=self.identifier, function_error_type="Outer.Bad"
        )


def content(reply: Reply) -> Any:
    try:
        return json.loads(reply.body)
    except ValueError:
        return reply.body.decode()


def refused(kind: str, message: str) -> tuple[int, dict[str, str]]:
    return 403, {"errorMessage": message, "errorType": kind}


def not_allowed(before: str, after: str, whom: str) -> tuple[int, dict[str, str]]:
    message = (
        f"State transition from {before} to {after} failed for extension {whom}. "
        "Error: State transition is not allowed"
    )
    return refused("Extension.InvalidExtensionState", message)


@pytest.fixture
def caller() -> Caller:
    return Caller()


def test_a_program_registers_once_and_waits_once(caller: Caller) -> None:
    status, told = caller.register()
    assert (status, told["functionName"], "accountId" in told) == (200, "fn", False)
    assert caller.extensions.are_registered()
    assert not caller.extensions.are_ready()
    assert caller.register() == not_allowed("Registered", "Registered", "outer")
    assert caller.next() is None
    assert caller.extensions.are_ready()
    assert caller.next() == not_allowed("Ready", "Ready", caller.identifier)
    assert caller.moves == ["moved", "moved"]


def test_complaints_are_taken_where_they_belong(caller: Caller) -> None:
    caller.register()
    assert caller.complain("init") == (202, {"status": "OK"})
    assert caller.complain("init") == (202, {"status": "OK"})
    assert caller.complain("exit") == not_allowed("InitError", "Exited", caller.identifier)
    assert caller.next() == not_allowed("InitError", "Ready", caller.identifier)
    assert caller.extensions.first_error == "Extension.InitError"
    (extension,) = caller.extensions.all
    assert extension.line() == (
        "EXTENSION\tName: outer\tState: InitError\tEvents: [INVOKE, SHUTDOWN]\tError Type: Outer.Bad"
    )


def test_one_who_waits_may_still_complain_of_its_end_but_not_of_its_beginning(
    caller: Caller,
) -> None:
    caller.register()
    caller.next()
    assert caller.complain("init") == not_allowed("Ready", "InitError", caller.identifier)
    assert caller.complain("exit") == (202, {"status": "OK"})
    assert caller.next() == not_allowed("ExitError", "Ready", caller.identifier)


def test_nobody_is_known_before_it_registered(caller: Caller) -> None:
    extension = caller.extensions.named("outer")
    assert extension is not None
    caller.identifier = extension.identifier
    message = f"Unknown extension {extension.identifier}"
    assert caller.next() == refused("Extension.UnknownExtensionIdentifier", message)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (None, "unexpected end of JSON input"),
        (b"[]", "the body is no JSON object"),
        (b'{"events": "INVOKE"}', "events is no list of texts"),
        (b'{"events": [1]}', "events is no list of texts"),
    ],
)
def test_bodies_that_cannot_be(caller: Caller, body: bytes | None, complaint: str) -> None:
    answer = caller.ask("POST", "/register", body, name="outer")
    assert answer == refused("InvalidRequestFormat", complaint)


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(caller: Caller, body: bytes) -> None:
    status, told = caller.ask("POST", "/register", body, name="outer")
    assert (status, told["errorType"]) == (403, "InvalidRequestFormat")


def test_events_that_there_are_not(caller: Caller) -> None:
    assert caller.register(events=("INVOKE", "invoke")) == refused(
        "Extension.InvalidEventType", "invoke: ErrorInvalidEventType"
    )
    assert caller.register("inner", events=("SHUTDOWN",)) == refused(
        "Extension.InvalidEventType", "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension"
    )
    assert not caller.moves


def test_a_complaint_says_of_what(caller: Caller) -> None:
    caller.register()
    answer = caller.ask("POST", "/init/error", identifier=caller.identifier)
    message = "Lambda-Extension-Function-Error-Type not found"
    assert answer == refused("Extension.MissingHeader", message)


def test_programs_count_among_the_ten(caller: Caller) -> None:
    answers = [caller.register(f"inner-{number}", ())[0] for number in range(10)]
    assert answers == [200] * 9 + [403]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/register", 405), ("POST", "/event/next", 405), ("GET", "/event", 404)],
)
def test_paths_and_methods_that_there_are_not(
    caller: Caller, method: str, path: str, status: int
) -> None:
    assert caller.ask(method, path)[0] == status
