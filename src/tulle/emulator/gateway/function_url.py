"""Owns `FunctionUrl`: a function's own address, without API Gateway."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tulle.emulator.function import REGION
from tulle.emulator.gateway.http_api_event import build_event
from tulle.emulator.gateway.http_api_response import read_response
from tulle.emulator.gateway.http_response import json_refusal
from tulle.emulator.gateway.kind import Refusal
from tulle.emulator.gateway.routes import Match, Route

if TYPE_CHECKING:
    from tulle.emulator.gateway.http_request import HttpRequest, Ids
    from tulle.emulator.gateway.http_response import HttpResponse

__all__ = ["FunctionUrl"]

_DOMAIN = f"local.lambda-url.{REGION}.on.aws"
_TOO_LARGE = json_refusal(413, '{"Message":"Request Entity Too Large"}')
# It has no routes and no time limit of its own. Nobody wrote down the bodies of its 413 and 429.
_REFUSALS = {
    Refusal.BODY_TOO_LARGE: _TOO_LARGE,
    Refusal.EVENT_TOO_LARGE: _TOO_LARGE,
    Refusal.FAILED: json_refusal(502, "Internal Server Error"),
    Refusal.THROTTLED: json_refusal(
        429, '{"Message":"Rate Exceeded."}', error_type="TooManyRequestsException"
    ),
}


class FunctionUrl:
    """A function URL without authentication: every method and every path is the function's."""

    time_limit_s: float | None = None

    def find_route(self, _method: str, _raw_path: str) -> Match | None:
        """Take everything."""
        return Match(route=Route(path="/"))

    def build_event(self, request: HttpRequest) -> dict[str, object]:
        """Make the event, which names the caller `anonymous` and goes by the invocation's id."""
        known = replace(request, ids=replace(request.ids, gateway_id=request.ids.request_id))
        return build_event(known, route_key="$default", account_id="anonymous", domain=_DOMAIN)

    def read_response(self, payload: bytes, _request: HttpRequest) -> HttpResponse | None:
        """Read the function's result."""
        return read_response(payload)

    def refuse(self, refusal: Refusal) -> HttpResponse:
        """Answer without the function."""
        return _REFUSALS[refusal]

    def id_headers(self, ids: Ids) -> tuple[tuple[str, str], ...]:
        """Give the ids as Lambda does."""
        return ("x-amzn-RequestId", ids.request_id), ("x-amzn-Trace-Id", ids.trace_root)
