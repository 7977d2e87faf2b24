"""Owns `Gateway`: it stands before the function, and is one of the kinds that AWS has."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aiohttp import web

from tulle.emulator.aws_json import compact_json
from tulle.emulator.gateway.http_request import (
    HttpHead,
    HttpRequest,
    Ids,
    continue_trace,
    new_gateway_id,
)
from tulle.emulator.gateway.http_response import add_headers
from tulle.emulator.gateway.kind import Refusal, Refused
from tulle.emulator.happening import HttpAnswered
from tulle.emulator.http_body import read_body
from tulle.emulator.invocation import Source, new_request
from tulle.errors import TooManyInvocations

if TYPE_CHECKING:
    from tulle.emulator.dispatcher import Dispatcher
    from tulle.emulator.function import Function
    from tulle.emulator.gateway.cors import CorsAnswers
    from tulle.emulator.gateway.gate import Gate
    from tulle.emulator.gateway.http_response import HttpResponse
    from tulle.emulator.gateway.kind import GatewayKind
    from tulle.emulator.invocation import Request
    from tulle.emulator.outcome import Answer
    from tulle.emulator.surroundings import Surroundings

__all__ = ["Gateway", "GatewayParts"]

_BODY_LIMIT_BYTES = 10 * 1024 * 1024
_EVENT_LIMIT_BYTES = 6 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayParts:
    """What makes one gateway differ from another.

    Args:
        cors: None where the gateway leaves CORS to the function.
        time_limit_s: how long it waits for the function; None is as long as that may run.
    """

    kind: GatewayKind
    gate: Gate
    cors: CorsAnswers | None
    time_limit_s: float | None


class Gateway:
    """Takes HTTP requests, makes events of them, and sends back what the function gave."""

    def __init__(
        self,
        function: Function,
        dispatcher: Dispatcher,
        surroundings: Surroundings,
        parts: GatewayParts,
    ) -> None:
        self._function = function
        self._dispatcher = dispatcher
        self._surroundings = surroundings
        self._kind = parts.kind
        self._gate = parts.gate
        self._cors = parts.cors
        self._time_limit_s = parts.time_limit_s

    async def respond(self, http: web.Request) -> web.Response:
        """Answer one HTTP request."""
        now_s = self._surroundings.now_s()
        arn = self._function.arn
        call = new_request(b"", invoked_arn=arn, now_s=now_s, source=Source.HTTP)
        trace_id = continue_trace(http.headers.get("X-Amzn-Trace-Id", ""), call.trace_id)
        call = replace(call, trace_id=trace_id)
        ids = Ids(gateway_id=new_gateway_id(), request_id=call.request_id, trace_id=call.trace_id)
        answer = await self._answer(http, _read_head(http, ids, now_s), call)
        response = web.Response(status=answer.status, body=answer.body)
        for name, value in answer.headers:
            response.headers.add(name, value)
        self._surroundings.tell(
            HttpAnswered(
                request_id=ids.request_id,
                gateway_id=ids.gateway_id,
                method=http.method,
                path=http.rel_url.raw_path_qs,
                request_bytes=http.content.total_bytes,
                status=response.status,
                headers=tuple(response.headers.items()),
            )
        )
        return response

    async def _answer(self, http: web.Request, head: HttpHead, call: Request) -> HttpResponse:
        preflight = None if self._cors is None else self._cors.preflight(head)
        if preflight is not None:
            return add_headers(preflight, self._kind.id_headers(head.ids, refused=True))
        try:
            answer, refused = await self._pass_on(http, head, call), False
        except Refused as exc:
            answer, refused = self._kind.refusals[exc.refusal], True
        if self._cors is not None:
            answer = self._cors.add(answer, head)
        return add_headers(answer, self._kind.id_headers(head.ids, refused=refused))

    async def _pass_on(self, http: web.Request, head: HttpHead, call: Request) -> HttpResponse:
        """Let a request in, have the function answer it, and read the answer."""
        self._kind.head_limits.check(head)
        match = self._kind.find_route(head.method, head.raw_path)
        if match is None:
            raise Refused(Refusal.NO_ROUTE)
        key = self._gate.admit(match.route, head.header("x-api-key"), head.now_s)
        body = await read_body(http, limit_bytes=_BODY_LIMIT_BYTES)
        if body is None:
            raise Refused(Refusal.BODY_TOO_LARGE)
        request = HttpRequest(head=head, match=match, api_key=key, body=body)
        payload = compact_json(self._kind.build_event(request))
        if len(payload) > _EVENT_LIMIT_BYTES:
            raise Refused(Refusal.EVENT_TOO_LARGE)
        answer = await self._invoke(replace(call, payload=payload))
        if answer.error_type:
            raise Refused(Refusal.FAILED)
        return self._kind.read_response(answer.body, request)

    async def _invoke(self, call: Request) -> Answer:
        try:
            answer = self._dispatcher.ask(call)
        except TooManyInvocations as exc:
            raise Refused(Refusal.FUNCTION_BUSY) from exc
        done, _ = await asyncio.wait({answer}, timeout=self._time_limit_s)
        if not done:
            # The function is not told: it runs on to its own time limit, as behind API Gateway.
            raise Refused(Refusal.TIMED_OUT)
        return answer.result()


def _read_head(http: web.Request, ids: Ids, now_s: float) -> HttpHead:
    address = http.get_extra_info("sockname")
    return HttpHead(
        method=http.method,
        path=http.rel_url.path,
        raw_path=http.rel_url.raw_path,
        query=http.rel_url.raw_query_string,
        sent_query=http.raw_path.partition("?")[2],
        protocol=f"HTTP/{http.version.major}.{http.version.minor}",
        headers=tuple(
            (name.decode("latin-1"), value.decode("utf-8", errors="replace"))
            for name, value in http.raw_headers
        ),
        source_ip=http.remote or "",
        port=int(address[1]) if address else 0,
        ids=ids,
        now_s=now_s,
    )
