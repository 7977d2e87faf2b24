"""Owns `InvokeApi`: the Invoke operation."""

from __future__ import annotations

import base64
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from aiohttp import web

from tulle.emulator.invocation import Source, new_request
from tulle.emulator.lambda_api.error import user_error, validation_error
from tulle.emulator.lambda_api.naming import LATEST, complaint
from tulle.emulator.lambda_api.payload import read_client_context, read_payload, read_tenant
from tulle.emulator.outcome import Answer
from tulle.errors import TooManyInvocations

if TYPE_CHECKING:
    from tulle.emulator.asynchronous.queue import EventQueue
    from tulle.emulator.dispatcher import Dispatcher
    from tulle.emulator.function import Function
    from tulle.emulator.invocation import Request
    from tulle.emulator.lambda_api.call import Call
    from tulle.emulator.surroundings import Surroundings

__all__ = ["InvokeApi"]


_Choice = TypeVar("_Choice", bound=StrEnum)


class _Type(StrEnum):
    EVENT = "Event"
    REQUEST_RESPONSE = "RequestResponse"
    DRY_RUN = "DryRun"


class _LogType(StrEnum):
    NONE = "None"
    TAIL = "Tail"


class InvokeApi:
    """Runs the function for whoever calls it."""

    def __init__(
        self,
        function: Function,
        dispatcher: Dispatcher,
        events: EventQueue,
        surroundings: Surroundings,
    ) -> None:
        self._function = function
        self._dispatcher = dispatcher
        self._events = events
        self._surroundings = surroundings

    async def invoke(self, call: Call) -> web.Response:
        """Answer one call of Invoke."""
        kind = _header(call, "X-Amz-Invocation-Type", "invocationType", _Type.REQUEST_RESPONSE)
        log = _header(call, "X-Amz-Log-Type", "logType", _LogType.NONE)
        # To invoke is to invoke a version, so a refusal always names one.
        arn = call.known_arn(self._function, default_qualifier=LATEST)
        asynchronous = kind is _Type.EVENT
        payload = await read_payload(call.http, asynchronous=asynchronous)
        request = new_request(
            payload,
            invoked_arn=arn,
            now_s=self._surroundings.now_s(),
            source=Source.EVENT if asynchronous else Source.INVOKE,
            # Only a function that is waited for gets one.
            client_context=None if asynchronous else read_client_context(call.http),
            tenant_id=read_tenant(call.http),
        )
        if kind is _Type.DRY_RUN:
            return web.Response(status=204, headers=_headers(request))
        try:
            if asynchronous:
                self._events.add(request)
                return web.Response(status=202, headers=_headers(request))
            return await self._run(request, with_tail=log is _LogType.TAIL)
        except TooManyInvocations as exc:
            reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
            raise user_error(
                429, "TooManyRequestsException", "Rate Exceeded.", reason=reason
            ) from exc

    async def _run(self, request: Request, *, with_tail: bool) -> web.Response:
        if not with_tail:
            return _response(request, await self._dispatcher.ask(request))
        invocation = await self._dispatcher.submit(request)
        answer = Answer(body=invocation.payload, error_type=invocation.error_type)
        return _response(request, answer, tail=invocation.log_tail)


def _header(call: Call, name: str, parameter: str, default: _Choice) -> _Choice:
    """Read a header that allows a few values only."""
    text = call.http.headers.get(name)
    if not text:
        return default
    choices = type(default)
    if text not in tuple(choices):
        constraint = f"Member must satisfy enum value set: [{', '.join(choices)}]"
        raise validation_error(complaint(parameter, text, constraint))
    return choices(text)


def _headers(request: Request) -> dict[str, str]:
    return {
        "x-amzn-RequestId": request.request_id,
        "x-amzn-Remapped-Content-Length": "0",
        "X-Amzn-Trace-Id": request.trace_id.lower(),
    }


def _response(request: Request, answer: Answer, *, tail: bytes | None = None) -> web.Response:
    headers = {**_headers(request), "X-Amz-Executed-Version": LATEST}
    if answer.error_type is not None:
        headers["X-Amz-Function-Error"] = "Unhandled"
    if tail is not None:
        headers["X-Amz-Log-Result"] = base64.b64encode(tail).decode()
    return web.Response(body=answer.body, headers=headers, content_type="application/json")
