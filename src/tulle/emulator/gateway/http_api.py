"""Owns `HttpApi`: API Gateway's HTTP API with payload 2.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.emulator.function import ACCOUNT_ID
from tulle.emulator.gateway.http_api_event import build_event
from tulle.emulator.gateway.http_api_response import read_response
from tulle.emulator.gateway.http_response import json_refusal
from tulle.emulator.gateway.kind import Refusal
from tulle.emulator.gateway.routes import find_route

if TYPE_CHECKING:
    from tulle.emulator.gateway.http_request import HttpRequest, Ids
    from tulle.emulator.gateway.http_response import HttpResponse
    from tulle.emulator.gateway.routes import Match, Route

__all__ = ["HttpApi"]

_UNAVAILABLE = json_refusal(503, '{"message":"Service Unavailable"}')
_TOO_LARGE = json_refusal(413, '{"message":"Request Entity Too Large"}')
_REFUSALS = {
    Refusal.NO_ROUTE: json_refusal(404, '{"message":"Not Found"}'),
    Refusal.BODY_TOO_LARGE: _TOO_LARGE,
    Refusal.EVENT_TOO_LARGE: _TOO_LARGE,
    Refusal.FAILED: json_refusal(500, '{"message":"Internal Server Error"}'),
    Refusal.THROTTLED: _UNAVAILABLE,
    Refusal.TIMED_OUT: _UNAVAILABLE,
}


class HttpApi:
    """An HTTP API with the stage `$default`."""

    time_limit_s: float | None = 30.0

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._routes = routes

    def find_route(self, method: str, raw_path: str) -> Match | None:
        """Find the route; a slash at the end makes another path."""
        return find_route(self._routes, method, raw_path)

    def build_event(self, request: HttpRequest) -> dict[str, object]:
        """Make the event."""
        return build_event(
            request,
            route_key=request.match.route.key,
            account_id=ACCOUNT_ID,
            domain=request.domain,
        )

    def read_response(self, payload: bytes, _request: HttpRequest) -> HttpResponse | None:
        """Read the function's result."""
        return read_response(payload)

    def refuse(self, refusal: Refusal) -> HttpResponse:
        """Answer without the function."""
        return _REFUSALS[refusal]

    def id_headers(self, ids: Ids) -> tuple[tuple[str, str], ...]:
        """Give the id as HTTP APIs do."""
        return (("apigw-requestid", ids.gateway_id),)
