"""Owns the Invoke API (2015-03-31): what boto3 and the AWS CLI call, over HTTP."""

from __future__ import annotations

import base64
import json
import re
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from tulle.emulator.function import ACCOUNT_ID, REGION
from tulle.emulator.http_body import json_response, read_body
from tulle.emulator.invocation import new_request
from tulle.emulator.outcome import Answer
from tulle.errors import TooManyInvocations

if TYPE_CHECKING:
    from tulle.emulator.dispatcher import Dispatcher
    from tulle.emulator.function import Function
    from tulle.emulator.invocation import Request
    from tulle.emulator.surroundings import Surroundings

__all__ = ["InvokeApi"]

# AWS's own emulator knows every function by this name, and so do people's test scripts.
_RIE_NAME = "function"
_LATEST = "$LATEST"
_SYNC_LIMIT_BYTES = 6 * 1024 * 1024
_ASYNC_LIMIT_BYTES = 1024 * 1024
_CONTEXT_LIMIT_BYTES = 3583
_NAME = re.compile(
    r"(arn:aws[a-zA-Z-]*:lambda:)?([a-z]{2,4}(-[a-z]+)+-\d:)?(\d{12}:)?(function:)?"
    r"(?P<name>[a-zA-Z0-9-_]+)(:(?P<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?"
)


class _Type(StrEnum):
    REQUEST_RESPONSE = "RequestResponse"
    EVENT = "Event"
    DRY_RUN = "DryRun"


class _Refusal(Exception):
    """An answer that is not 2xx, in the shape that botocore reads."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        key: str = "message",
        reason: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.body = {"Type": "User", key: message}
        if reason is not None:
            self.body = {"Reason": reason, **self.body}


class InvokeApi:
    """Answers Invoke calls for one function."""

    def __init__(
        self, function: Function, dispatcher: Dispatcher, surroundings: Surroundings
    ) -> None:
        self._function = function
        self._dispatcher = dispatcher
        self._surroundings = surroundings

    async def respond(self, request: web.Request) -> web.Response:
        """Answer one call."""
        try:
            return await self._respond(request)
        except _Refusal as refusal:
            response = json_response(refusal.body, status=refusal.status)
            response.headers["x-amzn-ErrorType"] = refusal.code
            if refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
                response.headers["Retry-After"] = "1"
            return response

    async def _respond(self, http: web.Request) -> web.Response:
        arn = self._invoked_arn(http)
        invocation_type = _invocation_type(http)
        request = new_request(
            await _payload(http, invocation_type),
            invoked_arn=arn,
            now_s=self._surroundings.now_s(),
            client_context=_client_context(http),
        )
        if invocation_type is _Type.DRY_RUN:
            return web.Response(status=204)
        if invocation_type is _Type.EVENT:
            self._dispatcher.enqueue(request)
            return web.Response(status=202, headers={"x-amzn-RequestId": request.request_id})
        with_tail = http.headers.get("X-Amz-Log-Type") == "Tail"
        return await self._invoke(request, with_tail=with_tail)

    async def _invoke(self, request: Request, *, with_tail: bool) -> web.Response:
        try:
            if not with_tail:
                return _response(request, await self._dispatcher.ask(request))
            invocation = await self._dispatcher.submit(request)
            answer = Answer(body=invocation.payload, error_type=invocation.error_type)
            return _response(request, answer, tail=invocation.log_tail)
        except TooManyInvocations as exc:
            reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
            raise _Refusal(
                429, "TooManyRequestsException", "Rate Exceeded.", reason=reason
            ) from exc

    def _invoked_arn(self, http: web.Request) -> str:
        """Check the name and the version that are called; give the ARN that the function sees."""
        asked = _NAME.fullmatch(http.match_info["name"])
        name = asked["name"] if asked else http.match_info["name"]
        qualifier = http.query.get("Qualifier") or (asked["qualifier"] if asked else None)
        known = asked and name in {self._function.name, _RIE_NAME}
        if not known or qualifier not in {None, _LATEST}:
            arn = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{name}:{qualifier or _LATEST}"
            raise _Refusal(
                404, "ResourceNotFoundException", f"Function not found: {arn}", key="Message"
            )
        return self._function.arn + (f":{qualifier}" if qualifier else "")


def _invocation_type(http: web.Request) -> _Type:
    text = http.headers.get("X-Amz-Invocation-Type", _Type.REQUEST_RESPONSE)
    try:
        return _Type(text)
    except ValueError as exc:
        message = (
            f"1 validation error detected: Value '{text}' at 'invocationType' failed to satisfy "
            "constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]"
        )
        raise _Refusal(400, "ValidationException", message) from exc


async def _payload(http: web.Request, invocation_type: _Type) -> bytes:
    body = await read_body(http, limit_bytes=_SYNC_LIMIT_BYTES)
    if body is None:
        message = (
            f"Request must be smaller than {_SYNC_LIMIT_BYTES} bytes "
            "for the InvokeFunction operation"
        )
        raise _Refusal(413, "RequestEntityTooLargeException", message)
    if invocation_type is _Type.EVENT and len(body) > _ASYNC_LIMIT_BYTES:
        message = (
            f"{len(body)} byte payload is too large for the Event invocation type "
            f"(limit {_ASYNC_LIMIT_BYTES} bytes)"
        )
        raise _Refusal(413, "RequestEntityTooLargeException", message)
    if not body:
        return b"{}"
    try:
        _parse(body)
    except (ValueError, RecursionError) as exc:
        message = (
            f"Could not parse request body into json: Could not parse payload into json: {exc}"
        )
        raise _Refusal(400, "InvalidRequestContentException", message) from exc
    return body


def _client_context(http: web.Request) -> str | None:
    encoded = http.headers.get("X-Amz-Client-Context")
    if not encoded:
        return None
    try:
        context = _parse(base64.b64decode(encoded, validate=True))
    except (ValueError, RecursionError):
        context = None
    if not isinstance(context, dict) or len(encoded) > _CONTEXT_LIMIT_BYTES:
        message = (
            "Client context must be a valid Base64-encoded JSON object "
            f"of at most {_CONTEXT_LIMIT_BYTES} bytes."
        )
        raise _Refusal(400, "InvalidRequestContentException", message)
    return json.dumps(context)  # in ASCII, for it travels in a header


def _parse(text: bytes) -> object:
    def refuse(constant: str) -> object:
        raise ValueError(f"{constant} is not JSON")

    value: object = json.loads(text.decode(), parse_constant=refuse)
    return value


def _response(request: Request, answer: Answer, *, tail: bytes | None = None) -> web.Response:
    headers = {"x-amzn-RequestId": request.request_id, "X-Amz-Executed-Version": _LATEST}
    if answer.error_type is not None:
        headers["X-Amz-Function-Error"] = "Unhandled"
    if tail is not None:
        headers["X-Amz-Log-Result"] = base64.b64encode(tail).decode()
    return web.Response(body=answer.body, headers=headers, content_type="application/json")
