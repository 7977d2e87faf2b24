"""Owns the event that an HTTP API (payload 2.0) makes of a request."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from tulle.emulator.function import ACCOUNT_ID

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["HttpRequest", "build_event", "new_gateway_id"]

_API_ID = "local"
# What a gateway reads for itself. The length is that of the body as the function gets it.
_NOT_PASSED_ON = frozenset(
    {
        "connection",
        "cookie",
        "expect",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_TEXT_TYPES = frozenset({"application/javascript", "application/json", "application/xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """What came in over HTTP, and what the gateway knows of it.

    Args:
        route_key: the route that took it, such as `POST /predict` or `ANY /predict`.
        query: the query string as it was sent, still encoded.
        headers: names and values in the order they were sent.
        gateway_id: the gateway's own id of the request, which also goes back as `apigw-requestid`.
    """

    method: str
    route_key: str
    path: str
    query: str
    protocol: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str
    port: int
    gateway_id: str
    trace_id: str
    now_s: float


def new_gateway_id() -> str:
    """Make an id in the form that API Gateway gives: 16 characters, the last an equals sign."""
    return base64.urlsafe_b64encode(secrets.token_bytes(11)).decode()


def build_event(request: HttpRequest) -> dict[str, object]:
    """Build the event; what is empty is absent from it, not null."""
    headers = _headers(request)
    cookies = [
        cookie.strip()
        for value in _values(request.headers, "cookie")
        for cookie in value.split(";")
        if cookie.strip()
    ]
    query = _joined(parse_qsl(request.query, keep_blank_values=True))
    return {
        "version": "2.0",
        "routeKey": request.route_key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        **({"cookies": cookies} if cookies else {}),
        "headers": headers,
        **({"queryStringParameters": query} if query else {}),
        "requestContext": _context(request, headers),
        **_body(request.body, headers.get("content-type", "")),
    }


def _headers(request: HttpRequest) -> dict[str, str]:
    passed_on = [
        (name.lower(), value)
        for name, value in request.headers
        if name.lower() not in _NOT_PASSED_ON
    ]
    passed_on.append(("x-forwarded-for", request.source_ip))
    added = {
        "content-length": str(len(request.body)),
        "x-amzn-trace-id": request.trace_id.partition(";")[0],
        "x-forwarded-port": str(request.port),
        "x-forwarded-proto": "http",
    }
    return dict(sorted({**_joined(passed_on), **added}.items()))


def _context(request: HttpRequest, headers: dict[str, str]) -> dict[str, object]:
    domain = re.sub(r":\d+$", "", headers.get("host", ""))
    return {
        "accountId": ACCOUNT_ID,
        "apiId": _API_ID,
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request.gateway_id,
        "routeKey": request.route_key,
        "stage": "$default",
        "time": datetime.fromtimestamp(request.now_s, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(request.now_s * 1000),
    }


def _body(body: bytes, content_type: str) -> dict[str, object]:
    """Give text as text and all else in base64: HTTP APIs do so even with forms."""
    if not body:
        return {"isBase64Encoded": False}
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type.startswith("text/") or media_type in _TEXT_TYPES:
        return {"body": body.decode(errors="replace"), "isBase64Encoded": False}
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _values(pairs: Iterable[tuple[str, str]], wanted: str) -> list[str]:
    return [value for name, value in pairs if name.lower() == wanted]
