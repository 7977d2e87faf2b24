"""Owns `RestApi`: API Gateway's REST API with a proxy integration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.emulator.gateway.http_response import HttpResponse, json_refusal
from tulle.emulator.gateway.kind import HeadLimits, Refusal
from tulle.emulator.gateway.media_types import is_among
from tulle.emulator.gateway.rest_api_event import build_event
from tulle.emulator.gateway.rest_api_response import read_response
from tulle.emulator.gateway.routes import find_route, within

if TYPE_CHECKING:
    from tulle.emulator.gateway.http_request import HttpRequest, Ids
    from tulle.emulator.gateway.routes import Match
    from tulle.project.api import ApiSection

__all__ = ["RestApi"]

_FAULT = "InternalServerErrorException"
_INTERNAL = '{"message": "Internal server error"}'
_REFUSALS = {
    Refusal.URL_TOO_LONG: json_refusal(414, '{"message":"Request URI too long"}'),
    Refusal.QUERY_NOT_ENCODED: json_refusal(
        400, '{"message":"Bad Request"}', error_type="BadRequestException"
    ),
    Refusal.HEADERS_TOO_LARGE: json_refusal(431, '{"message":"Request Header Fields Too Large"}'),
    Refusal.NO_ROUTE: json_refusal(
        403,
        '{"message":"Missing Authentication Token"}',
        error_type="MissingAuthenticationTokenException",
    ),
    Refusal.UNKNOWN_KEY: json_refusal(
        403, '{"message":"Forbidden"}', error_type="ForbiddenException"
    ),
    Refusal.TOO_MANY_REQUESTS: json_refusal(
        429, '{"message":"Too Many Requests"}', error_type="TooManyRequestsException"
    ),
    Refusal.QUOTA_EXCEEDED: json_refusal(
        429, '{"message":"Limit Exceeded"}', error_type="LimitExceededException"
    ),
    Refusal.BODY_TOO_LARGE: HttpResponse(
        status=413,
        headers=(("content-type", "text; charset=utf-8"),),
        body=b"HTTP content length exceeded 10485760 bytes.",
    ),
    Refusal.EVENT_TOO_LARGE: json_refusal(
        413, '{"message": "Request Too Long"}', error_type="BadRequestException"
    ),
    Refusal.FUNCTION_BUSY: json_refusal(500, _INTERNAL, error_type=_FAULT),
    Refusal.TIMED_OUT: json_refusal(
        504, '{"message": "Endpoint request timed out"}', error_type=_FAULT
    ),
    Refusal.FAILED: json_refusal(502, _INTERNAL, error_type=_FAULT),
    Refusal.NOT_BASE64: json_refusal(500, _INTERNAL, error_type=_FAULT),
}


class RestApi:
    """A REST API; its URL may name the stage, as AWS's own does, or not, as behind a domain."""

    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
    # and api-gateway-known-issues.html there
    head_limits = HeadLimits(url_bytes=10_240, headers_bytes=20_480, encoded="|{}")
    refusals = _REFUSALS

    def __init__(self, api: ApiSection) -> None:
        self._api = api

    def find_route(self, method: str, raw_path: str) -> Match | None:
        """Find the route; a slash at the end makes no difference."""
        path = self._below_stage(raw_path)
        if path is None:
            return None
        return find_route(self._api.routes, method, f"/{path.lstrip('/')}".removesuffix("/") or "/")

    def build_event(self, request: HttpRequest) -> dict[str, object]:
        """Make the event."""
        raw_path, stage = request.head.raw_path, self._api.stage_name
        if self._api.base_path:
            return build_event(request, self._api, path=raw_path, whole_path=raw_path)
        below = self._below_stage(raw_path) or "/"
        path = f"/{below.lstrip('/')}"
        return build_event(request, self._api, path=path, whole_path=f"/{stage}{below}")

    def read_response(self, payload: bytes, request: HttpRequest) -> HttpResponse:
        """Read the function's result."""
        # The first type of Accept decides, whatever the type of the response.
        accept = request.head.header("accept")
        return read_response(payload, decodes=is_among(self._api.binary_media_types, accept))

    def _below_stage(self, raw_path: str) -> str | None:
        """Give the path without the stage, where it names it, or without the base path."""
        if self._api.base_path:
            return within(raw_path, self._api.prefix)
        below = within(f"/{raw_path.lstrip('/')}", f"/{self._api.stage_name}")
        return raw_path if below is None else below

    def id_headers(self, ids: Ids, *, refused: bool) -> tuple[tuple[str, str], ...]:
        """Give the ids as REST APIs do: the trace only with what the function answered."""
        trace = () if refused else (("X-Amzn-Trace-Id", ids.trace_id),)
        return ("x-amzn-RequestId", ids.request_id), ("x-amz-apigw-id", ids.gateway_id), *trace
