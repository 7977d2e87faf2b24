"""Owns `RestApi`: API Gateway's REST API with a proxy integration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.emulator.gateway.http_response import HttpResponse, json_refusal
from tulle.emulator.gateway.kind import Refusal
from tulle.emulator.gateway.rest_api_event import build_event
from tulle.emulator.gateway.rest_api_response import read_response
from tulle.emulator.gateway.routes import find_route

if TYPE_CHECKING:
    from tulle.emulator.gateway.http_request import HttpRequest, Ids
    from tulle.emulator.gateway.routes import Match, Route

__all__ = ["RestApi"]

_FAULT = "InternalServerErrorException"
_REFUSALS = {
    Refusal.NO_ROUTE: json_refusal(
        403,
        '{"message":"Missing Authentication Token"}',
        error_type="MissingAuthenticationTokenException",
    ),
    Refusal.BODY_TOO_LARGE: HttpResponse(
        status=413,
        headers=(("content-type", "text; charset=utf-8"),),
        body=b"HTTP content length exceeded 10485760 bytes.",
    ),
    Refusal.EVENT_TOO_LARGE: json_refusal(
        413, '{"message": "Request Too Long"}', error_type="BadRequestException"
    ),
    Refusal.FAILED: json_refusal(502, '{"message": "Internal server error"}', error_type=_FAULT),
    Refusal.THROTTLED: json_refusal(500, '{"message": "Internal server error"}', error_type=_FAULT),
    Refusal.TIMED_OUT: json_refusal(
        504, '{"message": "Endpoint request timed out"}', error_type=_FAULT
    ),
}


class RestApi:
    """A REST API; the URL here does not name the stage."""

    time_limit_s: float | None = 29.0

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._routes = routes

    def find_route(self, method: str, raw_path: str) -> Match | None:
        """Find the route; a slash at the end makes no difference."""
        return find_route(self._routes, method, raw_path.removesuffix("/") or "/")

    def build_event(self, request: HttpRequest) -> dict[str, object]:
        """Make the event."""
        return build_event(request)

    def read_response(self, payload: bytes, request: HttpRequest) -> HttpResponse | None:
        """Read the function's result."""
        return read_response(payload, accept=request.header("accept"))

    def refuse(self, refusal: Refusal) -> HttpResponse:
        """Answer without the function."""
        return _REFUSALS[refusal]

    def id_headers(self, ids: Ids) -> tuple[tuple[str, str], ...]:
        """Give the ids as REST APIs do."""
        return (
            ("x-amzn-RequestId", ids.request_id),
            ("x-amz-apigw-id", ids.gateway_id),
            ("X-Amzn-Trace-Id", ids.trace_root),
        )
