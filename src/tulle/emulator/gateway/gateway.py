"""Owns `Gateway`: it stands before the function, and is one of the kinds that AWS has."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from aiohttp import web

from tulle.emulator.aws_json import compact_json
from tulle.emulator.gateway.http_request import HttpRequest, Ids, new_gateway_id
from tulle.emulator.gateway.kind import Refusal
from tulle.emulator.happening import HttpAnswered
from tulle.emulator.http_body import read_body
from tulle.emulator.invocation import new_request
from tulle.errors import TooManyInvocations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.emulator.dispatcher import Dispatcher
    from tulle.emulator.function import Function
    from tulle.emulator.gateway.http_response import HttpResponse
    from tulle.emulator.gateway.kind import GatewayKind
    from tulle.emulator.gateway.routes import Match
    from tulle.emulator.invocation import Request
    from tulle.emulator.outcome import Answer
    from tulle.emulator.surroundings import Surroundings

__all__ = ["Gateway"]

_BODY_LIMIT_BYTES = 10 * 1024 * 1024
_EVENT_LIMIT_BYTES = 6 * 1024 * 1024


class Gateway:
    """Takes HTTP requests, makes events of them, and sends back what the function gave."""

    def __init__(
        self,
        function: Function,
        dispatcher: Dispatcher,
        surroundings: Surroundings,
        *,
        kind: GatewayKind,
        time_limit_s: float | None,
    ) -> None:
        self._function = function
        self._dispatcher = dispatcher
        self._surroundings = surroundings
        self._kind = kind
        self._time_limit_s = time_limit_s

    async def respond(self, http: web.Request) -> web.Response:
        """Answer one HTTP request."""
        call = new_request(b"", invoked_arn=self._function.arn, now_s=self._surroundings.now_s())
        ids = Ids(gateway_id=new_gateway_id(), request_id=call.request_id, trace_id=call.trace_id)
        answer = await self._answer(http, call, ids)
        if isinstance(answer, Refusal):
            answer = self._kind.refuse(answer)
        response = web.Response(status=answer.status, body=answer.body)
        for name, value in answer.headers:
            response.headers.add(name, value)
        response.headers.update(self._kind.id_headers(ids))
        self._surroundings.tell(
            HttpAnswered(
                request_id=ids.request_id,
                gateway_id=ids.gateway_id,
                method=http.method,
                path=http.rel_url.raw_path_qs,
                status=response.status,
                headers=tuple(response.headers.items()),
            )
        )
        return response

    async def _answer(self, http: web.Request, call: Request, ids: Ids) -> HttpResponse | Refusal:
        match = self._kind.find_route(http.method, http.rel_url.raw_path)
        if match is None:
            return Refusal.NO_ROUTE
        body = await read_body(http, limit_bytes=_BODY_LIMIT_BYTES)
        if body is None:
            return Refusal.BODY_TOO_LARGE
        request = _read(http, match, body, ids, self._surroundings.now_s())
        payload = compact_json(self._kind.build_event(request))
        if len(payload) > _EVENT_LIMIT_BYTES:
            return Refusal.EVENT_TOO_LARGE
        answer = await self._invoke(replace(call, payload=payload))
        if isinstance(answer, Refusal):
            return answer
        if answer.error_type:
            return Refusal.FAILED
        return self._kind.read_response(answer.body, request) or Refusal.FAILED

    async def _invoke(self, call: Request) -> Answer | Refusal:
        try:
            answer = self._dispatcher.ask(call)
        except TooManyInvocations:
            return Refusal.THROTTLED
        done, _ = await asyncio.wait({answer}, timeout=self._time_limit_s)
        # The function is not told: it runs on to its own time limit, as behind API Gateway.
        return answer.result() if done else Refusal.TIMED_OUT


def _read(http: web.Request, match: Match, body: bytes, ids: Ids, now_s: float) -> HttpRequest:
    address = http.get_extra_info("sockname")
    return HttpRequest(
        method=http.method,
        match=match,
        path=http.rel_url.path,
        raw_path=http.rel_url.raw_path,
        query=http.rel_url.raw_query_string,
        protocol=f"HTTP/{http.version.major}.{http.version.minor}",
        headers=tuple(_headers(http)),
        body=body,
        source_ip=http.remote or "",
        port=int(address[1]) if address else 0,
        ids=ids,
        now_s=now_s,
    )


def _headers(http: web.Request) -> Iterator[tuple[str, str]]:
    for name, value in http.raw_headers:
        yield name.decode("latin-1"), value.decode("utf-8", errors="replace")
