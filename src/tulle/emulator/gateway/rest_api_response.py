"""Owns how a REST API (payload 1.0) reads a function's result as a response."""

from __future__ import annotations

import json

from tulle.emulator.gateway.http_response import (
    HttpResponse,
    Malformed,
    decode_body,
    read_headers,
    read_multi_value_headers,
    read_status,
    read_text,
)
from tulle.emulator.gateway.rest_api_event import is_binary

__all__ = ["read_response"]

_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})


def read_response(payload: bytes, *, accept: str) -> HttpResponse | None:
    """Read a function's result; give None for one that the gateway answers with a 502.

    Nothing is inferred: it must be an object with at least one of the known keys and no other.

    Args:
        payload: the result.
        accept: the request's header of that name. Base64 is decoded only where its first media
            type and the response's are binary ones of the API; else the text goes out.
    """
    try:
        result: object = json.loads(payload)
        if not isinstance(result, dict) or not result or not _KEYS.issuperset(result):
            return None
        headers = _headers(result)
        status = result.get("statusCode")
        return HttpResponse(
            status=200 if status is None else read_status(status),
            headers=headers,
            body=_body(result, headers, accept),
        )
    except (ValueError, RecursionError, Malformed):
        return None


def _headers(result: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """Put the lists first; a value that is in one of them is not sent twice."""
    headers = read_multi_value_headers(result.get("multiValueHeaders"))
    headers += [pair for pair in read_headers(result.get("headers")) if pair not in headers]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("content-type", "application/json"))
    return tuple(headers)


def _body(result: dict[str, object], headers: tuple[tuple[str, str], ...], accept: str) -> bytes:
    text = read_text(result.get("body"))
    content_type = next(value for name, value in headers if name.lower() == "content-type")
    binary = is_binary(_media_type(content_type)) and is_binary(_media_type(accept))
    if result.get("isBase64Encoded") is True and binary:
        return decode_body(text)
    return text.encode()


def _media_type(header: str) -> str:
    return header.partition(",")[0].partition(";")[0].strip().lower()
