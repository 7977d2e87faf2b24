"""Owns how a REST API (payload 1.0) reads a function's result as a response."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tulle.emulator.gateway.http_response import (
    HttpResponse,
    Malformed,
    NotBase64,
    decode_body,
    read_headers,
    read_multi_value_headers,
    read_status,
    read_text,
)
from tulle.emulator.gateway.kind import Refusal, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["read_response"]

_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html; answers
# on record show the length and the request's id renamed too.
_REMAPPED = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "content-md5",
        "date",
        "max-forwards",
        "server",
        "user-agent",
        "www-authenticate",
        "x-amzn-requestid",
    }
)
_DROPPED = frozenset(
    {
        "expect",
        "host",
        "proxy-authenticate",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    }
)


def read_response(payload: bytes, *, decodes: bool) -> HttpResponse:
    """Read a function's result: an object, with no other than the known keys.

    Args:
        payload: the result.
        decodes: whether base64 is decoded; else its text goes out.

    Raises:
        Refused: the gateway cannot send it.
    """
    try:
        result = _read_object(payload)
        status = result.get("statusCode")
        return HttpResponse(
            status=200 if status is None else read_status(status),
            headers=tuple(_sent(_headers(result))),
            body=_body(result, decodes=decodes),
        )
    except NotBase64 as exc:
        raise Refused(Refusal.NOT_BASE64) from exc
    except (ValueError, RecursionError, Malformed) as exc:
        raise Refused(Refusal.FAILED) from exc


def _read_object(payload: bytes) -> dict[str, object]:
    result: object = json.loads(payload)
    if not isinstance(result, dict) or not _KEYS.issuperset(result):
        raise Malformed
    return result


def _headers(result: dict[str, object]) -> list[tuple[str, str]]:
    """Put the lists first; a value that is in one of them is not sent twice."""
    headers = read_multi_value_headers(result.get("multiValueHeaders"))
    headers += [pair for pair in read_headers(result.get("headers")) if pair not in headers]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("content-type", "application/json"))
    return headers


def _sent(headers: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        if name.lower() in _REMAPPED:
            yield f"x-amzn-Remapped-{name}", value
        elif name.lower() not in _DROPPED:
            yield name, value


def _body(result: dict[str, object], *, decodes: bool) -> bytes:
    text = read_text(result.get("body"))
    return decode_body(text) if decodes and result.get("isBase64Encoded") is True else text.encode()
