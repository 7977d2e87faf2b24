"""Owns `HttpApi`: API Gateway's HTTP API with payload 2.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.emulator.function import ACCOUNT_ID
from tulle.emulator.gateway.http_api_event import EventSettings, build_event
from tulle.emulator.gateway.http_api_response import read_response
from tulle.emulator.gateway.http_response import json_refusal
from tulle.emulator.gateway.kind import HeadLimits, Refusal
from tulle.emulator.gateway.routes import find_route, within

if TYPE_CHECKING:
    from tulle.emulator.gateway.http_request import HttpRequest, Ids
    from tulle.emulator.gateway.http_response import HttpResponse
    from tulle.emulator.gateway.routes import Match
    from tulle.project.api import ApiSection

__all__ = ["HttpApi"]

_UNAVAILABLE = json_refusal(503, '{"message":"Service Unavailable"}')
_TOO_LARGE = json_refusal(413, '{"message":"Request Entity Too Large"}')
_REFUSALS = {
    Refusal.HEADERS_TOO_LARGE: json_refusal(431, '{"message":"Request Header Fields Too Large"}'),
    Refusal.NO_ROUTE: json_refusal(404, '{"message":"Not Found"}'),
    Refusal.TOO_MANY_REQUESTS: json_refusal(429, '{"message":"Too Many Requests"}'),
    Refusal.BODY_TOO_LARGE: _TOO_LARGE,
    Refusal.EVENT_TOO_LARGE: _TOO_LARGE,
    Refusal.FUNCTION_BUSY: _UNAVAILABLE,
    Refusal.TIMED_OUT: _UNAVAILABLE,
    Refusal.FAILED: json_refusal(500, '{"message":"Internal Server Error"}'),
}


class HttpApi:
    """An HTTP API, whose stage is `$default` or has a name."""

    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
    head_limits = HeadLimits(all_bytes=10_240)
    refusals = _REFUSALS

    def __init__(self, api: ApiSection) -> None:
        self._api = api

    def find_route(self, method: str, raw_path: str) -> Match | None:
        """Find the route below the stage; a slash at the end makes another path."""
        path = within(raw_path, self._api.prefix)
        return None if path is None else find_route(self._api.routes, method, path)

    def build_event(self, request: HttpRequest) -> dict[str, object]:
        """Make the event."""
        settings = EventSettings(
            route_key=request.match.route.key,
            account_id=ACCOUNT_ID,
            domain=request.head.domain,
            raw_path=request.head.path,
            stage=self._api.stage_name,
            stage_variables=self._api.stage_variables,
        )
        return build_event(request, settings)

    def read_response(self, payload: bytes, _request: HttpRequest) -> HttpResponse:
        """Read the function's result."""
        return read_response(payload, content_type="text/plain; charset=utf-8")

    def id_headers(self, ids: Ids, *, refused: bool) -> tuple[tuple[str, str], ...]:
        """Give the id as HTTP APIs do, whatever the answer."""
        del refused
        return (("apigw-requestid", ids.gateway_id),)
