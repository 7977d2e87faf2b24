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

__all__ = ["read_response"]


def read_response(payload: bytes) -> HttpResponse | None:
    """Read a function's result; give None for one that the gateway cannot send.

    A JSON object with a `statusCode` is taken as it is, any other JSON is the body of a 200.
    """
    try:
        result: object = json.loads(payload)
        if not isinstance(result, dict) or "statusCode" not in result:
            return _inferred(result, payload)
        headers = [*_cookies(result.get("cookies")), *read_headers(result.get("headers"))]
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("content-type", "text/plain;charset=UTF-8"))
        text = read_text(result.get("body"))
        body = decode_body(text) if result.get("isBase64Encoded") is True else text.encode()
        return HttpResponse(
            status=read_status(result["statusCode"]), headers=tuple(headers), body=body
        )
    except (ValueError, RecursionError, Malformed):
        return None


def _inferred(result: object, payload: bytes) -> HttpResponse:
    body = result.encode() if isinstance(result, str) else payload
    return HttpResponse(status=200, headers=(("content-type", "application/json"),), body=body)


def _cookies(cookies: object) -> list[tuple[str, str]]:
    if cookies is None:
        return []
    if not isinstance(cookies, list):
        raise Malformed
    return [("set-cookie", read_header_value(cookie)) for cookie in cookies]
