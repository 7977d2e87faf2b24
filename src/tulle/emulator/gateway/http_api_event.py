"""Owns the event that payload 2.0 (HTTP API, function URL) makes of a request."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tulle.emulator.gateway.http_request import HttpRequest

__all__ = ["build_event"]

_TEXT_TYPES = frozenset({"application/javascript", "application/json", "application/xml"})


def build_event(
    request: HttpRequest, *, route_key: str, account_id: str, domain: str
) -> dict[str, object]:
    """Build the event; what is empty is absent from it, not null."""
    headers = _headers(request)
    cookies = [
        cookie.strip()
        for name, value in request.headers
        if name.lower() == "cookie"
        for cookie in value.split(";")
        if cookie.strip()
    ]
    query = _joined(parse_qsl(request.query, keep_blank_values=True))
    parameters = {name: unquote(value) for name, value in request.match.parameters}
    prefix = domain.partition(".")[0]
    return {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        **({"cookies": cookies} if cookies else {}),
        "headers": headers,
        **({"queryStringParameters": query} if query else {}),
        "requestContext": {
            "accountId": account_id,
            "apiId": "local",
            "domainName": domain,
            "domainPrefix": prefix,
            **_request_context(request, route_key),
        },
        **({"pathParameters": parameters} if parameters else {}),
        **_body(request),
    }


def _request_context(request: HttpRequest, route_key: str) -> dict[str, object]:
    return {
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": request.header("user-agent"),
        },
        "requestId": request.ids.gateway_id,
        "routeKey": route_key,
        "stage": "$default",
        "time": request.time,
        "timeEpoch": request.time_ms,
    }


def _headers(request: HttpRequest) -> dict[str, str]:
    passed_on = [
        (name.lower(), value) for name, value in request.passed_on if name.lower() != "cookie"
    ]
    passed_on.append(("x-forwarded-for", request.source_ip))
    added = {
        # The length is that of the body as the function gets it.
        "content-length": str(len(request.body)),
        "x-amzn-trace-id": request.ids.trace_root,
        "x-forwarded-port": str(request.port),
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
