"""Owns `FunctionUrl`: a function's own address, without API Gateway."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tulle.emulator.function import REGION
from tulle.emulator.gateway.http_api_event import EventSettings, build_event
from tulle.emulator.gateway.http_api_response import read_response
from tulle.emulator.gateway.http_response import json_refusal
from tulle.emulator.gateway.kind import HeadLimits, Refusal
from tulle.emulator.gateway.routes import Match
from tulle.project.route import Route

if TYPE_CHECKING:
    from tulle.emulator.gateway.http_request import HttpRequest, Ids
    from tulle.emulator.gateway.http_response import HttpResponse

__all__ = ["FunctionUrl"]

_DOMAIN = f"local.lambda-url.{REGION}.on.aws"
_TOO_LARGE = json_refusal(
    413,
    '{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}',
)
_TOO_MANY = json_refusal(429, '{"Message":"Rate Exceeded."}', error_type="TooManyRequestsException")
# The bodies of 413 and 429 are those that callers of function URLs wrote down.
_REFUSALS = {
    Refusal.TOO_MANY_REQUESTS: _TOO_MANY,
    Refusal.BODY_TOO_LARGE: _TOO_LARGE,
    Refusal.EVENT_TOO_LARGE: _TOO_LARGE,
    Refusal.FUNCTION_BUSY: _TOO_MANY,
    Refusal.FAILED: json_refusal(502, "Internal Server Error"),
}


class FunctionUrl:
    """A function URL without authentication: every method and every path is the function's."""

    head_limits = HeadLimits()
    refusals = _REFUSALS

    def find_route(self, _method: str, _raw_path: str) -> Match | None:
        """Take everything."""
        return Match(route=Route(path="/"))

    def build_event(self, request: HttpRequest) -> dict[str, object]:
        """Make the event, which names the caller `anonymous` and goes by the invocation's id."""
        ids = replace(request.head.ids, gateway_id=request.head.ids.request_id)
        known = replace(request, head=replace(request.head, ids=ids))
        settings = EventSettings(
            route_key="$default",
            account_id="anonymous",
            domain=_DOMAIN,
            raw_path=request.head.raw_path,
            keeps_cookies=True,
        )
        return build_event(known, settings)

    def read_response(self, payload: bytes, _request: HttpRequest) -> HttpResponse:
        """Read the function's result."""
        return read_response(payload, content_type="application/json")

    def id_headers(self, ids: Ids, *, refused: bool) -> tuple[tuple[str, str], ...]:
        """Give the ids as Lambda does, whatever the answer."""
        del refused
        return ("x-amzn-RequestId", ids.request_id), ("x-amzn-Trace-Id", ids.trace_root)
