"""Owns the Runtime API (2018-06-01): what a child asks of its execution environment, over HTTP."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from tulle.emulator.aws_json import compact_json
from tulle.emulator.host_guard import is_allowed_host
from tulle.emulator.outcome import RESPONSE_LIMIT_BYTES, Answer, InitError, Oversized
from tulle.emulator.runtime_connection import Head, Reply, RuntimeConnection

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.emulator.invocation import Request

__all__ = ["Delivery", "Polled", "RuntimeApi", "Word"]

_LOOPBACK = "127.0.0.1"
_PREFIX = "/2018-06-01/runtime"
_PINGS = {"/ping", "/2018-06-01/ping"}
_NEXT = f"{_PREFIX}/invocation/next"
_INIT_ERROR = f"{_PREFIX}/init/error"
_ANSWER = re.compile(rf"{_PREFIX}/invocation/(?P<request_id>[^/]+)/(?P<kind>response|error)")


class _State(StrEnum):
    """Where the child stands; the names are those that AWS shows in its 403 answers."""

    STARTED = "Started"
    INIT_ERROR = "InitError"
    READY = "Ready"
    RUNNING = "Running"
    RESPONSE = "InvocationResponse"
    ERROR_RESPONSE = "InvocationErrorResponse"


# From where each step may be taken. A second poll while one waits is allowed, as on Lambda.
_ALLOWED_FROM = {
    _State.INIT_ERROR: {_State.STARTED},
    _State.READY: {_State.STARTED, _State.READY, _State.RESPONSE, _State.ERROR_RESPONSE},
    _State.RESPONSE: {_State.RUNNING},
    _State.ERROR_RESPONSE: {_State.RUNNING},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A request on its way into the child."""

    request: Request
    deadline_ms: int
    invocation_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def headers(self) -> dict[str, str]:
        """List the headers of `/next`; those that would be empty are left out."""
        headers = {
            "Lambda-Runtime-Aws-Request-Id": self.request.request_id,
            "Lambda-Runtime-Deadline-Ms": str(self.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": self.request.invoked_arn,
            "Lambda-Runtime-Trace-Id": self.request.trace_id,
            "Lambda-Runtime-Invocation-Id": self.invocation_id,
            "Content-Type": "application/json",
        }
        if self.request.client_context is not None:
            headers["Lambda-Runtime-Client-Context"] = self.request.client_context
        return headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """The child asks for an invocation."""


Word = Polled | Answer | InitError | Oversized


class RuntimeApi:
    """The Runtime API of one execution environment, on a loopback port of its own.

    Args:
        hear: gets each word of the child, at once.
    """

    def __init__(self, hear: Callable[[Word], None]) -> None:
        self._hear = hear
        self._state = _State.STARTED
        self._delivery: Delivery | None = None
        self._undelivered: Delivery | None = None
        self._answering: RuntimeConnection | None = None
        self._polls: deque[RuntimeConnection] = deque()
        self._connections: set[RuntimeConnection] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Listen, and tell where: the value of `AWS_LAMBDA_RUNTIME_API`."""
        self._server = await asyncio.get_running_loop().create_server(
            self._connect, _LOOPBACK, port=0
        )
        self._port: int = self._server.sockets[0].getsockname()[1]
        return f"{_LOOPBACK}:{self._port}"

    async def stop(self) -> None:
        """Stop listening and drop whoever still waits."""
        if self._server is not None:
            self._server.close()
            for connection in self._connections:
                connection.abort()
            await self._server.wait_closed()

    def deliver(self, delivery: Delivery) -> None:
        """Hand a request to the child, which waits in `/next`."""
        self._delivery = self._undelivered = delivery
        if self._polls:
            self._polls.popleft().reply(self._hand_over(delivery))

    def begin(self, head: Head, connection: RuntimeConnection) -> Reply | None:
        """Refuse a request before its body is read, or begin it."""
        if not is_allowed_host(head.headers.get("host", ""), _LOOPBACK):
            return _text(403, "The Runtime API answers only to 127.0.0.1.\n")
        match head.method, head.path:
            case "GET", path if path in _PINGS:
                return _text(200, "pong")
            case "GET", path if path == _NEXT:
                return self._begin_poll()
            case "POST", path if path == _INIT_ERROR:
                return self._begin_answer(_State.INIT_ERROR, connection)
            case "POST", path if answer := _ANSWER.fullmatch(path):
                is_error = answer["kind"] == "error"
                state = _State.ERROR_RESPONSE if is_error else _State.RESPONSE
                refusal = self._refuse_id(answer["request_id"], head)
                return refusal or self._begin_answer(state, connection)
        return _text(404, "404 page not found\n")

    def end(self, head: Head, body: bytes | None, connection: RuntimeConnection) -> Reply | None:
        """Take in a whole request; a poll waits for its reply."""
        if head.method == "GET":
            return self._end_poll(connection)
        self._answering = None
        if body is None:
            self._hear(Oversized())
            message = f"Exceeded maximum allowed payload size ({RESPONSE_LIMIT_BYTES} bytes)."
            return _refusal(413, "RequestEntityTooLarge", message)
        if head.path == _INIT_ERROR:
            self._hear(InitError(body=body, error_type=_error_type(head, body)))
        elif head.path.endswith("/error"):
            self._hear(Answer(body=body, error_type=_error_type(head, body)))
        else:
            self._hear(Answer(body=body))
        return _json(202, {"status": "OK"})

    def forget(self, connection: RuntimeConnection) -> None:
        """Keep the next delivery from a poll that is gone; an answer that was cut off may come again."""
        self._connections.discard(connection)
        if connection in self._polls:
            self._polls.remove(connection)
        if connection is self._answering:
            self._answering = None
            self._state = _State.STARTED if self._delivery is None else _State.RUNNING

    def _connect(self) -> RuntimeConnection:
        connection = RuntimeConnection(self)
        self._connections.add(connection)
        return connection

    def _begin_answer(self, state: _State, connection: RuntimeConnection) -> Reply | None:
        refusal = self._enter(state)
        if refusal is None:
            self._answering = connection
        return refusal

    def _begin_poll(self) -> Reply | None:
        if self._answering is not None:
            return self._refuse_transition(_State.READY)
        polled_before = self._state is _State.READY
        refusal = self._enter(_State.READY)
        if refusal is None and not polled_before:
            self._hear(Polled())
        return refusal

    def _end_poll(self, connection: RuntimeConnection) -> Reply | None:
        if self._undelivered is not None:
            return self._hand_over(self._undelivered)
        self._polls.append(connection)
        return None

    def _hand_over(self, delivery: Delivery) -> Reply:
        self._undelivered = None
        self._state = _State.RUNNING
        return Reply(status=200, body=delivery.request.payload, headers=delivery.headers())

    def _refuse_id(self, request_id: str, head: Head) -> Reply | None:
        delivery = self._delivery
        if delivery is None or request_id != delivery.request.request_id:
            return _refusal(400, "InvalidRequestID", "Invalid request ID")
        echoed = head.headers.get("lambda-runtime-invocation-id", delivery.invocation_id)
        if echoed != delivery.invocation_id:
            return _refusal(400, "InvalidInvocationId", "Invalid invocation ID")
        return None

    def _enter(self, state: _State) -> Reply | None:
        if self._state not in _ALLOWED_FROM[state]:
            return self._refuse_transition(state)
        self._state = state
        return None

    def _refuse_transition(self, state: _State) -> Reply:
        message = (
            f"State transition from {self._state} to {state} failed for runtime. "
            "Error: State transition is not allowed"
        )
        return _refusal(403, "InvalidStateTransition", message)


def _error_type(head: Head, body: bytes) -> str:
    """Read an error's type; AWS's Python client gives it in the body only."""
    header = head.headers.get("lambda-runtime-function-error-type")
    if header:
        return header
    try:
        error = json.loads(body)
    except ValueError:
        return "Runtime.Unknown"
    stated = error.get("errorType") if isinstance(error, dict) else None
    return stated if isinstance(stated, str) and stated else "Runtime.Unknown"


def _refusal(status: int, error_type: str, message: str) -> Reply:
    return _json(status, {"errorMessage": message, "errorType": error_type})


def _json(status: int, value: object) -> Reply:
    headers = {"Content-Type": "application/json"}
    return Reply(status=status, body=compact_json(value), headers=headers)


def _text(status: int, text: str) -> Reply:
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return Reply(status=status, body=text.encode(), headers=headers)
