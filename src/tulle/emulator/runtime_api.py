"""Owns the Runtime API (2018-06-01): what a child asks of its execution environment, over HTTP."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import uuid
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from tulle.emulator.host_guard import is_allowed_host
from tulle.emulator.outcome import RESPONSE_LIMIT_BYTES, Answer, InitError, Oversized
from tulle.emulator.replies import ACCEPTED, NOT_FOUND, refuse, text_reply, wrong_method
from tulle.emulator.runtime_connection import Head, Reply, RuntimeConnection

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.emulator.invocation import Request
    from tulle.emulator.runtime_connection import Service

__all__ = ["Delivery", "Polled", "RuntimeApi", "Word"]

_LOOPBACK = "127.0.0.1"
_PREFIX = "/2018-06-01/runtime"
_PING = "/2018-06-01/ping"
_NEXT = f"{_PREFIX}/invocation/next"
_INIT_ERROR = f"{_PREFIX}/init/error"
_ERROR_TYPE = "lambda-runtime-function-error-type"
_MODE = "lambda-runtime-function-response-mode"
_STREAMING = "streaming"
_ANSWER = re.compile(rf"{_PREFIX}/invocation/(?P<request_id>[^/]+)/(?P<kind>response|error)")


class _State(StrEnum):
    """Where the child stands; the names are those that AWS shows in its 403 answers."""

    STARTED = "Started"
    INIT_ERROR = "InitError"
    READY = "Ready"
    RUNNING = "Running"
    RESPONSE = "InvocationResponse"
    ERROR_RESPONSE = "InvocationErrorResponse"
    SENT = "RuntimeResponseSentState"


# From where each step may be taken. A second poll while one waits is allowed, as on Lambda.
_ALLOWED_FROM = {
    _State.INIT_ERROR: {_State.STARTED},
    _State.READY: {_State.STARTED, _State.READY, _State.SENT},
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
        if self.request.tenant_id is not None:
            headers["Lambda-Runtime-Aws-Tenant-Id"] = self.request.tenant_id
        return headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """The child asks for an invocation."""


Word = Polled | Answer | InitError | Oversized


class RuntimeApi:
    """The Runtime API of one execution environment, on a loopback port of its own.

    Args:
        hear: gets each word of the child, at once.
        extensions: answers the paths of extensions; without it there are none.
    """

    def __init__(self, hear: Callable[[Word], None], *, extensions: Service | None = None) -> None:
        self._hear = hear
        self._extensions = extensions
        self._state = _State.STARTED
        self._delivery: Delivery | None = None
        self._undelivered: Delivery | None = None
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

    def begin(self, head: Head) -> Reply | None:
        """Refuse a request before its body is read, or begin it."""
        if not is_allowed_host(head.headers.get("host", ""), _LOOPBACK):
            return text_reply(403, "The Runtime API answers only to 127.0.0.1.\n")
        answer = _ANSWER.fullmatch(head.path)
        if not answer and head.path not in {_PING, _NEXT, _INIT_ERROR}:
            return self._extensions.begin(head) if self._extensions else NOT_FOUND
        method = "POST" if answer or head.path == _INIT_ERROR else "GET"
        if head.method != method:
            return wrong_method(method)
        if answer:
            return self._begin_answer(answer["request_id"], answer["kind"], head)
        if head.path == _INIT_ERROR:
            return self._enter(_State.INIT_ERROR)
        return self._begin_poll() if head.path == _NEXT else text_reply(200, "pong")

    def end(self, head: Head, body: bytes | None, connection: RuntimeConnection) -> Reply | None:
        """Take in a whole request; a poll waits for its reply."""
        if head.path == _NEXT:
            return self._end_poll(connection)
        if not head.path.startswith(_PREFIX):
            return self._extensions.end(head, body, connection) if self._extensions else NOT_FOUND
        if head.path == _INIT_ERROR:
            return self._end_init_error(head, body)
        return self._end_answer(head, body)

    def forget(self, connection: RuntimeConnection) -> None:
        """Keep the next delivery from a poll that is gone; an answer that was cut off stays begun."""
        self._connections.discard(connection)
        if connection in self._polls:
            self._polls.remove(connection)
        if self._extensions:
            self._extensions.forget(connection)

    def _connect(self) -> RuntimeConnection:
        connection = RuntimeConnection(self)
        self._connections.add(connection)
        return connection

    def _begin_poll(self) -> Reply | None:
        if self._state in {_State.READY, _State.RUNNING}:
            return None  # it polled before
        refusal = self._enter(_State.READY)
        if refusal is None:
            self._hear(Polled())
        return refusal

    def _end_poll(self, connection: RuntimeConnection) -> Reply | None:
        if self._undelivered is not None:
            return self._hand_over(self._undelivered)
        if self._state is _State.RUNNING and self._delivery is not None:
            return _delivered(self._delivery)  # the same again, as on Lambda
        self._polls.append(connection)
        return None

    def _begin_answer(self, request_id: str, kind: str, head: Head) -> Reply | None:
        state = _State.ERROR_RESPONSE if kind == "error" else _State.RESPONSE
        refusal = self._refuse_id(request_id, head) or self._enter(state)
        if refusal is not None:
            return refusal
        if kind == "response" and head.headers.get(_MODE, _STREAMING) != _STREAMING:
            self._hear(Answer(body=b"", error_type="Runtime.InvalidResponseModeHeader"))
            return refuse(400, "InvalidFunctionResponseMode", "Invalid function response mode")
        return None

    def _end_answer(self, head: Head, body: bytes | None) -> Reply:
        self._state = _State.SENT
        if body is None:
            self._hear(Oversized())
            return _too_large()
        self._hear(_answer(head, body))
        return ACCEPTED

    def _end_init_error(self, head: Head, body: bytes | None) -> Reply:
        if body is None:
            self._hear(Oversized())
            return _too_large()
        self._hear(InitError(body=body, error_type=_error_type(head, body)))
        return ACCEPTED

    def _hand_over(self, delivery: Delivery) -> Reply:
        self._undelivered = None
        self._state = _State.RUNNING
        return _delivered(delivery)

    def _refuse_id(self, request_id: str, head: Head) -> Reply | None:
        delivery = self._delivery
        if delivery is None or request_id != delivery.request.request_id:
            return refuse(400, "InvalidRequestID", "Invalid request ID")
        echoed = head.headers.get("lambda-runtime-invocation-id", delivery.invocation_id)
        if echoed != delivery.invocation_id:
            return refuse(400, "InvalidInvocationId", "Invalid invocation ID")
        return None

    def _enter(self, state: _State) -> Reply | None:
        if self._state not in _ALLOWED_FROM[state]:
            message = (
                f"State transition from {self._state} to {state} failed for runtime. "
                "Error: State transition is not allowed"
            )
            return refuse(403, "InvalidStateTransition", message)
        self._state = state
        return None


def _answer(head: Head, body: bytes) -> Answer:
    """Read a result, an error, or the error that came behind the beginning of a streamed result."""
    if head.path.endswith("/error"):
        return Answer(body=body, error_type=_error_type(head, body))
    error_type = head.headers.get(_ERROR_TYPE)
    if not error_type or head.headers.get(_MODE) != _STREAMING:
        return Answer(body=body)
    encoded = head.headers.get("lambda-runtime-function-error-body", "")
    try:
        error = base64.b64decode(encoded, validate=True)
    except ValueError:
        error = encoded.encode("latin-1")
    return Answer(body=error, error_type=error_type)


def _error_type(head: Head, body: bytes) -> str:
    """Read an error's type; AWS's Python client gives it in the body only."""
    header = head.headers.get(_ERROR_TYPE)
    if header:
        return header
    try:
        error = json.loads(body)
    except ValueError:
        return "Runtime.Unknown"
    stated = error.get("errorType") if isinstance(error, dict) else None
    return stated if isinstance(stated, str) and stated else "Runtime.Unknown"


def _delivered(delivery: Delivery) -> Reply:
    return Reply(status=200, body=delivery.request.payload, headers=delivery.headers())


def _too_large() -> Reply:
    message = f"Exceeded maximum allowed payload size ({RESPONSE_LIMIT_BYTES} bytes)."
    return refuse(413, "RequestEntityTooLarge", message)
