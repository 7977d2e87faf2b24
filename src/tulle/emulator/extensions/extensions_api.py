"""Owns the Extensions API (2020-01-01): what extensions ask of their execution environment, over HTTP."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.emulator.extensions.extension import INVOKE, SHUTDOWN, Extension, State
from tulle.emulator.extensions.extensions import MOST
from tulle.emulator.replies import ACCEPTED, NOT_FOUND, json_reply, refuse, wrong_method
from tulle.emulator.telemetry.telemetry_api import PATHS as TELEMETRY_PATHS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tulle.emulator.extensions.extensions import Extensions
    from tulle.emulator.runtime_connection import Head, Reply, RuntimeConnection
    from tulle.emulator.telemetry.telemetry_api import TelemetryApi

__all__ = ["ExtensionsApi", "Identity"]

_PREFIX = "/2020-01-01/extension"
_REGISTER, _NEXT = f"{_PREFIX}/register", f"{_PREFIX}/event/next"
_ERRORS = {
    f"{_PREFIX}/init/error": State.INIT_ERROR,
    f"{_PREFIX}/exit/error": State.EXIT_ERROR,
}
_METHODS = {
    **dict.fromkeys((_REGISTER, *_ERRORS), "POST"),
    **dict.fromkeys(TELEMETRY_PATHS, "PUT"),
    _NEXT: "GET",
}
_IDENTIFIER = "Lambda-Extension-Identifier"
_ERROR_TYPE = "Lambda-Extension-Function-Error-Type"
_BAD_STATE = "Extension.InvalidExtensionState"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What an extension is told of its function when it registers."""

    function: str
    version: str
    handler: str
    account: str


class ExtensionsApi:
    """The Extensions API; its refusals are AWS's in code and words.

    Args:
        telemetry: takes in subscriptions of those who are registered.
    """

    def __init__(self, extensions: Extensions, identity: Identity, telemetry: TelemetryApi) -> None:
        self._extensions = extensions
        self._identity = identity
        self._telemetry = telemetry

    def begin(self, head: Head) -> Reply | None:
        """Refuse what is not there before the body is read."""
        method = _METHODS.get(head.path)
        if method is None:
            return NOT_FOUND
        return None if head.method == method else wrong_method(method)

    def end(self, head: Head, body: bytes | None, connection: RuntimeConnection) -> Reply | None:
        """Take in a whole request; one for the next event waits for its reply."""
        if head.path == _REGISTER:
            return self._register(head.headers, body)
        extension = self._find(head)
        if not isinstance(extension, Extension):
            return extension
        if head.path in TELEMETRY_PATHS:
            return self._telemetry.subscribe(extension.name, head.path, body)
        if head.path == _NEXT:
            problem = self._extensions.poll(extension, connection)
            return refuse(403, _BAD_STATE, problem) if problem else None
        error_type = head.headers[_ERROR_TYPE.lower()]
        problem = self._extensions.complain(extension, _ERRORS[head.path], error_type)
        return refuse(403, _BAD_STATE, problem) if problem else ACCEPTED

    def forget(self, connection: RuntimeConnection) -> None:
        """Hear that a connection is gone."""
        self._extensions.forget(connection)

    def _find(self, head: Head) -> Extension | Reply:
        """Find who asks, or say what is wrong with how it says who it is."""
        stated = head.headers.get(_IDENTIFIER.lower(), "")
        if not stated:
            message = f"Missing {_IDENTIFIER} header"
            return refuse(403, "Extension.MissingExtensionIdentifier", message)
        try:
            identifier = str(uuid.UUID(stated))
        except ValueError:
            return refuse(403, "Extension.InvalidExtensionIdentifier", f"Invalid {_IDENTIFIER}")
        if head.path in _ERRORS and not head.headers.get(_ERROR_TYPE.lower()):
            return refuse(403, "Extension.MissingHeader", f"{_ERROR_TYPE} not found")
        known = self._extensions.identified(identifier)
        if known is None:
            of = _IDENTIFIER if head.path in _ERRORS else f"extension {identifier}"
            return refuse(403, "Extension.UnknownExtensionIdentifier", f"Unknown {of}")
        return known

    def _register(self, headers: Mapping[str, str], body: bytes | None) -> Reply:
        name = headers.get("lambda-extension-name", "")
        if not name:
            return refuse(403, "Extension.InvalidExtensionName", "Empty extension name")
        try:
            events = _read_events(body)
        except (ValueError, RecursionError) as exc:
            return refuse(403, "InvalidRequestFormat", str(exc))
        extension = self._extensions.named(name)
        external = extension if extension and extension.is_external else None
        for event in events:
            if problem := _event_problem(event, is_external=external is not None):
                return refuse(403, "Extension.InvalidEventType", f"{event}: {problem}")
        if external is None:
            refusal = self._refuse_newcomer(name)
            if refusal is not None:
                return refusal
            external = self._extensions.add(name, is_external=False)
        problem = self._extensions.register(external, events)
        if problem:
            return refuse(403, _BAD_STATE, problem)
        wanted = headers.get("lambda-extension-accept-feature", "").split(",")
        return self._welcome(external, {feature.strip() for feature in wanted})

    def _refuse_newcomer(self, name: str) -> Reply | None:
        known = self._extensions
        if not known.registration_open:
            message = "Extension registration closed already"
            return refuse(403, "Extension.RegistrationClosed", message)
        if len(known) >= MOST:
            return refuse(403, "Extension.TooManyExtensions", f"Extension limit ({MOST}) reached")
        if known.named(name):
            return refuse(403, _BAD_STATE, "Extension with this name already registered")
        return None

    def _welcome(self, extension: Extension, features: set[str]) -> Reply:
        account = {"accountId": self._identity.account} if "accountId" in features else {}
        told = {
            **account,
            "functionName": self._identity.function,
            "functionVersion": self._identity.version,
            "handler": self._identity.handler,
        }
        return json_reply(200, told, {_IDENTIFIER: extension.identifier})


def _read_events(body: bytes | None) -> tuple[str, ...]:
    """Read for which events an extension registers.

    Raises:
        ValueError: the body is not what it should be.
    """
    if not body:
        raise ValueError("unexpected end of JSON input")
    asked = json.loads(body)
    if not isinstance(asked, dict):
        raise ValueError("the body is no JSON object")  # noqa: TRY004 (one kind for all that is wrong)
    if asked.get("configurationKeys"):
        raise ValueError("configurationKeys are deprecated; use environment variables instead")
    events = asked.get("events") or []
    if not isinstance(events, list) or not all(isinstance(event, str) for event in events):
        raise ValueError("events is no list of texts")
    return tuple(events)


def _event_problem(event: str, *, is_external: bool) -> str | None:
    if event == INVOKE or (event == SHUTDOWN and is_external):
        return None
    if event == SHUTDOWN:
        return "ShutdownEventNotSupportedForInternalExtension"
    return "ErrorInvalidEventType"
