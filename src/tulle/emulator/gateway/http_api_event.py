"""Owns the event that payload 2.0 (HTTP API, function URL) makes of a request."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tulle.emulator.gateway.http_request import HttpHead, HttpRequest

__all__ = ["EventSettings", "build_event"]

_TEXT_TYPES = frozenset({"application/javascript", "application/json", "application/xml"})
# What the connection is about, not the function.
_NOT_PASSED_ON = frozenset(
    {"connection", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSettings:
    """In what the events of HTTP APIs and function URLs differ.

    Args:
        raw_path: an HTTP API decodes it; a function URL gives it as it was sent.
        keeps_cookies: whether cookies stand among the headers too.
    """

    route_key: str
    account_id: str
    domain: str
    raw_path: str
    stage: str = "$default"
    stage_variables: tuple[tuple[str, str], ...] = ()
    keeps_cookies: bool = False


def build_event(request: HttpRequest, settings: EventSettings) -> dict[str, object]:
    """Build the event; what is empty is absent from it, not null."""
    head = request.head
    cookies = [
        cookie.strip()
        for name, value in head.headers
        if name.lower() == "cookie"
        for cookie in value.split(";")
        if cookie.strip()
    ]
    query = _joined(parse_qsl(head.query, keep_blank_values=True))
    parameters = {name: unquote(value) for name, value in request.match.parameters}
    variables = dict(settings.stage_variables)
    return {
        "version": "2.0",
        "routeKey": settings.route_key,
        "rawPath": settings.raw_path,
        "rawQueryString": head.query,
        **({"cookies": cookies} if cookies else {}),
        "headers": _headers(request, keeps_cookies=settings.keeps_cookies),
        **({"queryStringParameters": query} if query else {}),
        "requestContext": _context(head, settings),
        **({"pathParameters": parameters} if parameters else {}),
        **({"stageVariables": variables} if variables else {}),
        **_body(request),
    }


def _context(head: HttpHead, settings: EventSettings) -> dict[str, object]:
    return {
        "accountId": settings.account_id,
        "apiId": "local",
        "domainName": settings.domain,
        "domainPrefix": settings.domain.partition(".")[0],
        "http": {
            "method": head.method,
            "path": head.path,
            "protocol": head.protocol,
            "sourceIp": head.source_ip,
            "userAgent": head.header("user-agent"),
        },
        "requestId": head.ids.gateway_id,
        "routeKey": settings.route_key,
        "stage": settings.stage,
        "time": head.time,
        "timeEpoch": head.time_ms,
    }


def _headers(request: HttpRequest, *, keeps_cookies: bool) -> dict[str, str]:
    head = request.head
    dropped = _NOT_PASSED_ON if keeps_cookies else _NOT_PASSED_ON | {"cookie"}
    passed_on = [
        (name.lower(), value) for name, value in head.headers if name.lower() not in dropped
    ]
    passed_on.append(("x-forwarded-for", head.source_ip))
    added = {
        # The length is that of the body as the function gets it.
        "content-length": str(len(request.body)),
        "x-amzn-trace-id": head.ids.trace_root,
        "x-forwarded-port": str(head.port),
        "x-forwarded-proto": "http",
    }
    return dict(sorted({**_joined(passed_on), **added}.items()))


def _body(request: HttpRequest) -> dict[str, object]:
    """Give text as text and all else in base64: payload 2.0 does so even with forms."""
    if not request.body:
        return {"isBase64Encoded": False}
    if request.media_type.startswith("text/") or request.media_type in _TEXT_TYPES:
        return {"body": request.body.decode(errors="replace"), "isBase64Encoded": False}
    return {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
