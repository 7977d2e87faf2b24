"""Owns the HTTP API before the function: routes, and the gateway's own answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aiohttp import web

from tulle.emulator.aws_json import compact_json
from tulle.emulator.http_api_event import HttpRequest, build_event, new_gateway_id
from tulle.emulator.http_api_response import read_response
from tulle.emulator.http_body import json_response, read_body
from tulle.emulator.invocation import new_request
from tulle.errors import TooManyInvocations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.emulator.dispatcher import Dispatcher
    from tulle.emulator.function import Function
    from tulle.emulator.invocation import Invocation, Request
    from tulle.emulator.surroundings import Surroundings

__all__ = ["Gateway", "Route"]

_BODY_LIMIT_BYTES = 10 * 1024 * 1024
_EVENT_LIMIT_BYTES = 6 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A path that goes to the function, for one method or for `ANY`."""

    method: str = "ANY"
    path: str

    @property
    def key(self) -> str:
        """Name the route as API Gateway does."""
        return f"{self.method} {self.path}"


class Gateway:
    """Takes HTTP requests, makes events of them, and sends back what the function gave."""

    def __init__(
        self,
        function: Function,
        dispatcher: Dispatcher,
        surroundings: Surroundings,
        *,
        routes: tuple[Route, ...],
        time_limit_s: float,
    ) -> None:
        self._function = function
        self._dispatcher = dispatcher
        self._surroundings = surroundings
        self._routes = {(route.method, route.path): route for route in routes}
        self._time_limit_s = time_limit_s

    async def respond(self, request: web.Request) -> web.Response:
        """Answer one HTTP request."""
        gateway_id = new_gateway_id()
        response = await self._respond(request, gateway_id)
        response.headers["apigw-requestid"] = gateway_id
        return response

    async def _respond(self, request: web.Request, gateway_id: str) -> web.Response:
        route = self._route(request)
        if route is None:
            return _message(404, "Not Found")
        body = await read_body(request, limit_bytes=_BODY_LIMIT_BYTES)
        if body is None:
            return _message(413, "Request Entity Too Large")
        call = new_request(b"", invoked_arn=self._function.arn, now_s=self._surroundings.now_s())
        event = build_event(
            HttpRequest(
                method=request.method,
                route_key=route.key,
                path=request.rel_url.path,
                query=request.rel_url.raw_query_string,
                protocol=f"HTTP/{request.version.major}.{request.version.minor}",
                headers=tuple(_headers(request)),
                body=body,
                source_ip=request.remote or "",
                port=_port(request),
                gateway_id=gateway_id,
                trace_id=call.trace_id,
                now_s=self._surroundings.now_s(),
            )
        )
        payload = compact_json(event)
        if len(payload) > _EVENT_LIMIT_BYTES:
            return _message(413, "Request Entity Too Large")
        return await self._invoke(replace(call, payload=payload))

    def _route(self, request: web.Request) -> Route | None:
        path = request.rel_url.path
        return self._routes.get((request.method, path)) or self._routes.get(("ANY", path))

    async def _invoke(self, call: Request) -> web.Response:
        try:
            task = self._dispatcher.submit(call)
        except TooManyInvocations:
            return _message(503, "Service Unavailable")
        done, _ = await asyncio.wait({task}, timeout=self._time_limit_s)
        if not done:
            # The function is not told: it runs on to its own time limit, as behind API Gateway.
            return _message(503, "Service Unavailable")
        return _read_back(task.result())


def _headers(request: web.Request) -> Iterator[tuple[str, str]]:
    for name, value in request.raw_headers:
        yield name.decode("latin-1"), value.decode("utf-8", errors="replace")


def _port(request: web.Request) -> int:
    address = request.get_extra_info("sockname")
    return int(address[1]) if address else 0


def _read_back(invocation: Invocation) -> web.Response:
    response = None if invocation.error_type else read_response(invocation.payload)
    if response is None:
        return _message(500, "Internal Server Error")
    answer = web.Response(status=response.status, body=response.body)
    for name, value in response.headers:
        answer.headers.add(name, value)
    return answer


def _message(status: int, text: str) -> web.Response:
    return json_response({"message": text}, status=status)
