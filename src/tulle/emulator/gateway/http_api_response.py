"""Owns how payload 2.0 (HTTP API, function URL) reads a function's result as a response."""

from __future__ import annotations

import json

from tulle.emulator.gateway.http_response import (
    HttpResponse,
    Malformed,
    decode_body,
    read_header_value,
    read_headers,
    read_status,
    read_text,
)
from tulle.emulator.gateway.kind import Refusal, Refused

__all__ = ["read_response"]

# The server that sends the response sets these, or HTTP/2 does not have them.
_DROPPED = frozenset(
    {
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "proxy-connection",
        "server",
        "transfer-encoding",
        "upgrade",
    }
)


def read_response(payload: bytes, *, content_type: str) -> HttpResponse:
    """Read a function's result.

    A JSON object with a `statusCode` is taken as it is, anything else is the body of a 200. That
    it need not even be JSON was observed on AWS by the authors of its test tool for .NET:
    https://github.com/aws/aws-lambda-dotnet/tree/master/Tools/LambdaTestTool-v2

    Args:
        payload: the result.
        content_type: of a response that says none.

    Raises:
        Refused: the gateway cannot send it.
    """
    try:
        result: object = json.loads(payload)
    except (ValueError, RecursionError):
        return _inferred(payload)
    try:
        if isinstance(result, dict) and "statusCode" in result:
            return _whole(result, content_type)
        return _inferred(result.encode() if isinstance(result, str) else payload)
    except (ValueError, Malformed) as exc:
        raise Refused(Refusal.FAILED) from exc


def _whole(result: dict[str, object], content_type: str) -> HttpResponse:
    given = read_headers(result.get("headers"))
    headers = _cookies(result.get("cookies"))
    headers += [(name, value) for name, value in given if name.lower() not in _DROPPED]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("content-type", content_type))
    text = read_text(result.get("body"))
    body = decode_body(text) if result.get("isBase64Encoded") is True else text.encode()
    return HttpResponse(status=read_status(result["statusCode"]), headers=tuple(headers), body=body)


def _inferred(body: bytes) -> HttpResponse:
    return HttpResponse(status=200, headers=(("content-type", "application/json"),), body=body)


def _cookies(cookies: object) -> list[tuple[str, str]]:
    if cookies is None:
        return []
    if not isinstance(cookies, list):
        raise Malformed
    return [("set-cookie", read_header_value(cookie)) for cookie in cookies]
