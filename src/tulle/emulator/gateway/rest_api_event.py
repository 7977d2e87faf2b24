"""Owns the event that a REST API (proxy integration, payload 1.0) makes of a request."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from tulle.emulator.function import ACCOUNT_ID
from tulle.emulator.gateway.media_types import is_among

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tulle.emulator.gateway.api_keys import IssuedKey
    from tulle.emulator.gateway.http_request import HttpHead, HttpRequest
    from tulle.project.api import ApiSection

__all__ = ["build_event"]

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


def build_event(
    request: HttpRequest, api: ApiSection, *, path: str, whole_path: str
) -> dict[str, object]:
    """Build the event; what is empty is null in it, not absent.

    Args:
        request: what came in.
        api: the stage and its variables, and which media types are binary.
        path: without the stage.
        whole_path: with it.
    """
    head = request.head
    headers = _grouped(_headers(head))
    query = _grouped(parse_qsl(head.query, keep_blank_values=True))
    return {
        "resource": request.match.route.path,
        "path": path,
        "httpMethod": head.method,
        "headers": _last(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last(query) or None,
        "multiValueQueryStringParameters": query or None,
        "requestContext": _context(request, api.stage_name, whole_path),
        "pathParameters": dict(request.match.parameters) or None,
        "stageVariables": dict(api.stage_variables) or None,
        **_body(request, api.binary_media_types),
    }


def _headers(head: HttpHead) -> list[tuple[str, str]]:
    """Keep names as they were sent; the function is not told the length."""
    seen = [pair for pair in head.headers if pair[0].lower() not in _NOT_PASSED_ON]
    proxies = [value for name, value in head.headers if name.lower() == "x-forwarded-for"]
    seen += [
        ("X-Amzn-Trace-Id", head.ids.trace_root),
        ("X-Forwarded-For", ", ".join([*proxies, head.source_ip])),
        ("X-Forwarded-Port", str(head.port)),
        ("X-Forwarded-Proto", "http"),
    ]
    return sorted(seen, key=lambda pair: pair[0].lower())


# What it drops, by https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html,
# and what it sets itself.
_NOT_PASSED_ON = frozenset(
    {
        "connection",
        "content-length",
        "content-md5",
        "expect",
        "keep-alive",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
        "x-amzn-trace-id",
        "x-forwarded-for",
        "x-forwarded-port",
        "x-forwarded-proto",
    }
)


def _context(request: HttpRequest, stage: str, whole_path: str) -> dict[str, object]:
    head = request.head
    return {
        "accountId": ACCOUNT_ID,
        "apiId": "local",
        "authorizer": None,
        "deploymentId": "local",
        "domainName": head.domain,
        "domainPrefix": head.domain.partition(".")[0],
        "extendedRequestId": head.ids.gateway_id,
        "httpMethod": head.method,
        "identity": {
            **dict.fromkeys(_UNKNOWN_CALLER),
            **_key(request.api_key),
            "sourceIp": head.source_ip,
            "userAgent": head.header("user-agent") or None,
        },
        "path": whole_path,
        "protocol": head.protocol,
        "requestId": head.ids.request_id,
        "requestTime": head.time,
        "requestTimeEpoch": head.time_ms,
        "resourceId": "local",
        "resourcePath": request.match.route.path,
        "stage": stage,
    }


def _key(issued: IssuedKey | None) -> dict[str, str]:
    return {} if issued is None else {"apiKey": issued.value, "apiKeyId": issued.key.name}


def _body(request: HttpRequest, binary_media_types: tuple[str, ...]) -> dict[str, object]:
    if not request.body:
        return {"body": None, "isBase64Encoded": False}
    if is_among(binary_media_types, request.media_type):
        return {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}
    return {"body": request.body.decode(errors="replace"), "isBase64Encoded": False}


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _last(grouped: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in grouped.items()}
