"""Owns the event that a REST API (proxy integration, payload 1.0) makes of a request."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from tulle.emulator.function import ACCOUNT_ID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tulle.emulator.gateway.http_request import HttpRequest

__all__ = ["STAGE", "build_event", "is_binary"]

STAGE = "prod"
# Both must be declared at the API (`binaryMediaTypes`) if pictures are to pass it unbroken.
_BINARY_MEDIA_TYPES = ("application/octet-stream", "image/")
# What only an authorizer or a certificate would fill.
_UNKNOWN_CALLER = (
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "user",
    "userArn",
)


def is_binary(media_type: str) -> bool:
    """Tell whether the API has a media type among its binary ones."""
    return media_type.startswith(_BINARY_MEDIA_TYPES)


def build_event(request: HttpRequest) -> dict[str, object]:
    """Build the event; what is empty is null in it, not absent."""
    headers = _grouped(_headers(request))
    query = _grouped(parse_qsl(request.query, keep_blank_values=True))
    return {
        "resource": request.match.route.path,
        "path": request.raw_path,
        "httpMethod": request.method,
        "headers": _last(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last(query) or None,
        "multiValueQueryStringParameters": query or None,
        "requestContext": _context(request),
        "pathParameters": dict(request.match.parameters) or None,
        "stageVariables": None,
        **_body(request),
    }


def _headers(request: HttpRequest) -> list[tuple[str, str]]:
    """Keep names as they were sent; the function is not told the length."""
    seen = [pair for pair in request.passed_on if pair[0].lower() not in _SET_BY_GATEWAY]
    proxies = [value for name, value in request.headers if name.lower() == "x-forwarded-for"]
    seen += [
        ("X-Amzn-Trace-Id", request.ids.trace_root),
        ("X-Forwarded-For", ", ".join([*proxies, request.source_ip])),
        ("X-Forwarded-Port", str(request.port)),
        ("X-Forwarded-Proto", "http"),
    ]
    return sorted(seen, key=lambda pair: pair[0].lower())


_SET_BY_GATEWAY = frozenset(
    {
        "content-length",
        "x-amzn-trace-id",
        "x-forwarded-for",
        "x-forwarded-port",
        "x-forwarded-proto",
    }
)


def _context(request: HttpRequest) -> dict[str, object]:
    return {
        "accountId": ACCOUNT_ID,
        "apiId": "local",
        "authorizer": None,
        "deploymentId": "local",
        "domainName": request.domain,
        "domainPrefix": request.domain.partition(".")[0],
        "extendedRequestId": request.ids.gateway_id,
        "httpMethod": request.method,
        "identity": {
            **dict.fromkeys(_UNKNOWN_CALLER),
            "sourceIp": request.source_ip,
            "userAgent": request.header("user-agent") or None,
        },
        "path": f"/{STAGE}{request.raw_path}",
        "protocol": request.protocol,
        "requestId": request.ids.request_id,
        "requestTime": request.time,
        "requestTimeEpoch": request.time_ms,
        "resourceId": "local",
        "resourcePath": request.match.route.path,
        "stage": STAGE,
    }


def _body(request: HttpRequest) -> dict[str, object]:
    if not request.body:
        return {"body": None, "isBase64Encoded": False}
    if is_binary(request.media_type):
        return {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}
    return {"body": request.body.decode(errors="replace"), "isBase64Encoded": False}


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _last(grouped: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in grouped.items()}
