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

# The server that sends the response sets these.
_DROPPED = frozenset({"connection", "content-length", "date", "server", "transfer-encoding"})


def read_response(payload: bytes) -> HttpResponse:
    """Read a function's result.

    A JSON object with a `statusCode` is taken as it is, any other JSON is the body of a 200.

    Raises:
        Refused: the gateway cannot send it.
    """
    try:
        result: object = json.loads(payload)
        if not isinstance(result, dict) or "statusCode" not in result:
            return _inferred(result, payload)
        own = (
            pair for pair in read_headers(result.get("headers")) if pair[0].lower() not in _DROPPED
        )
        headers = [*_cookies(result.get("cookies")), *own]
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("content-type", "text/plain;charset=UTF-8"))
        text = read_text(result.get("body"))
        body = decode_body(text) if result.get("isBase64Encoded") is True else text.encode()
        return HttpResponse(
            status=read_status(result["statusCode"]), headers=tuple(headers), body=body
        )
    except (ValueError, RecursionError, Malformed) as exc:
        raise Refused(Refusal.FAILED) from exc


def _inferred(result: object, payload: bytes) -> HttpResponse:
    body = result.encode() if isinstance(result, str) else payload
    return HttpResponse(status=200, headers=(("content-type", "application/json"),), body=body)


def _cookies(cookies: object) -> list[tuple[str, str]]:
    if cookies is None:
        return []
    if not isinstance(cookies, list):
        raise Malformed
    return [("set-cookie", read_header_value(cookie)) for cookie in cookies]
