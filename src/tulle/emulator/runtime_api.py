"""Owns the Runtime API (2018-06-01): what a child asks of its execution environment, over HTTP."""

from __future__ import annotations

import asyncio
import json
import socket
import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from aiohttp import web

from tulle.emulator.host_guard import host_guard
from tulle.emulator.http_body import json_response, read_body
from tulle.emulator.outcome import RESPONSE_LIMIT_BYTES, Answer, InitError, Oversized

if TYPE_CHECKING:
    from tulle.emulator.invocation import Request

__all__ = ["Delivery", "Polled", "RuntimeApi", "Word"]

_LOOPBACK = "127.0.0.1"
_PREFIX = "/2018-06-01/runtime"
# AWS's Python client sends the cause of an error in a header of up to 1 MiB.
_HEADER_LIMIT_BYTES = 2 * 1024 * 1024


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
    """The Runtime API of one execution environment, on a loopback port of its own."""

    def __init__(self) -> None:
        self._state = _State.STARTED
        self._delivery: Delivery | None = None
        self._mailbox: asyncio.Queue[Delivery] = asyncio.Queue()
        self._runner: web.AppRunner | None = None
        self.words: asyncio.Queue[Word] = asyncio.Queue()

    async def start(self) -> str:
        """Listen, and tell where: the value of `AWS_LAMBDA_RUNTIME_API`."""
        application = web.Application(middlewares=[host_guard(_LOOPBACK)])
        application.add_routes(
            [
                web.get("/2018-06-01/ping", self._pong),
                web.get("/ping", self._pong),
                web.get(f"{_PREFIX}/invocation/next", self._next),
                web.post(f"{_PREFIX}/invocation/{{request_id}}/response", self._response),
                web.post(f"{_PREFIX}/invocation/{{request_id}}/error", self._error),
                web.post(f"{_PREFIX}/init/error", self._init_error),
            ]
        )
        # A poll whose connection is gone must not take the next delivery with it.
        self._runner = web.AppRunner(
            application,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=1,
            auto_decompress=False,
            max_field_size=_HEADER_LIMIT_BYTES,
        )
        await self._runner.setup()
        listener = socket.create_server((_LOOPBACK, 0))
        await web.SockSite(self._runner, listener).start()
        return f"{_LOOPBACK}:{listener.getsockname()[1]}"

    async def stop(self) -> None:
        """Stop listening and drop whoever still waits."""
        if self._runner is not None:
            await self._runner.cleanup()

    def deliver(self, delivery: Delivery) -> None:
        """Hand a request to the child, which waits in `/next`."""
        self._delivery = delivery
        self._mailbox.put_nowait(delivery)

    async def _pong(self, _request: web.Request) -> web.Response:
        return web.Response(text="pong")

    async def _next(self, _request: web.Request) -> web.Response:
        polled_before = self._state is _State.READY
        if refusal := self._enter(_State.READY):
            return refusal
        if not polled_before:
            self.words.put_nowait(Polled())
        delivery = await self._mailbox.get()
        self._state = _State.RUNNING
        return web.Response(body=delivery.request.payload, headers=delivery.headers())

    async def _response(self, request: web.Request) -> web.Response:
        if refusal := self._refuse_id(request) or self._enter(_State.RESPONSE):
            return refusal
        body = await self._read_answer(request)
        if body is None:
            return _too_large()
        self.words.put_nowait(Answer(body=body))
        return _accepted()

    async def _error(self, request: web.Request) -> web.Response:
        if refusal := self._refuse_id(request) or self._enter(_State.ERROR_RESPONSE):
            return refusal
        body = await self._read_answer(request)
        if body is None:
            return _too_large()
        self.words.put_nowait(Answer(body=body, error_type=_error_type(request, body)))
        return _accepted()

    async def _init_error(self, request: web.Request) -> web.Response:
        if refusal := self._enter(_State.INIT_ERROR):
            return refusal
        body = await self._read_answer(request)
        if body is None:
            return _too_large()
        self.words.put_nowait(InitError(body=body, error_type=_error_type(request, body)))
        return _accepted()

    async def _read_answer(self, request: web.Request) -> bytes | None:
        body = await read_body(request, limit_bytes=RESPONSE_LIMIT_BYTES)
        if body is None:
            self.words.put_nowait(Oversized())
        return body

    def _refuse_id(self, request: web.Request) -> web.Response | None:
        delivery = self._delivery
        if delivery is None or request.match_info["request_id"] != delivery.request.request_id:
            return _refusal(400, "InvalidRequestID", "Invalid request ID")
        echoed = request.headers.get("Lambda-Runtime-Invocation-Id", delivery.invocation_id)
        if echoed != delivery.invocation_id:
            return _refusal(400, "InvalidInvocationId", "Invalid invocation ID")
        return None

    def _enter(self, state: _State) -> web.Response | None:
        if self._state not in _ALLOWED_FROM[state]:
            message = (
                f"State transition from {self._state} to {state} failed for runtime. "
                "Error: State transition is not allowed"
            )
            return _refusal(403, "InvalidStateTransition", message)
        self._state = state
        return None


def _error_type(request: web.Request, body: bytes) -> str:
    """Read an error's type; AWS's Python client gives it in the body only."""
    header = request.headers.get("Lambda-Runtime-Function-Error-Type")
    if header:
        return header
    try:
        error = json.loads(body)
    except ValueError:
        return "Runtime.Unknown"
    stated = error.get("errorType") if isinstance(error, dict) else None
    return stated if isinstance(stated, str) and stated else "Runtime.Unknown"


def _accepted() -> web.Response:
    return json_response({"status": "OK"}, status=202)


def _too_large() -> web.Response:
    message = f"Exceeded maximum allowed payload size ({RESPONSE_LIMIT_BYTES} bytes)."
    return _refusal(413, "RequestEntityTooLarge", message)


def _refusal(status: int, error_type: str, message: str) -> web.Response:
    return json_response({"errorMessage": message, "errorType": error_type}, status=status)
