"""Owns how an HTTP API (payload 2.0) reads a function's result as a response."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass

__all__ = ["HttpResponse", "read_response"]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# The server that sends the response sets these.
_SET_BY_SERVER = frozenset({"connection", "content-length", "date", "server", "transfer-encoding"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """What goes back over HTTP."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class _Malformed(Exception):
    pass


def read_response(payload: bytes) -> HttpResponse | None:
    """Read a function's result; give None for one that the gateway answers with a 500.

    A JSON object with a `statusCode` is taken as it is, any other JSON is the body of a 200.
    """
    try:
        result: object = json.loads(payload)
        if not isinstance(result, dict) or "statusCode" not in result:
            return _inferred(result, payload)
        headers = [*_cookies(result.get("cookies")), *_headers(result.get("headers"))]
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("content-type", "text/plain;charset=UTF-8"))
        return HttpResponse(
            status=_status(result["statusCode"]), headers=tuple(headers), body=_body(result)
        )
    except (ValueError, RecursionError, _Malformed):
        return None


def _inferred(result: object, payload: bytes) -> HttpResponse:
    body = result.encode() if isinstance(result, str) else payload
    return HttpResponse(status=200, headers=(("content-type", "application/json"),), body=body)


def _status(value: object) -> int:
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 200 <= value <= 599:
        raise _Malformed
    return value


def _headers(headers: object) -> list[tuple[str, str]]:
    if headers is None:
        return []
    if not isinstance(headers, dict):
        raise _Malformed
    return [
        (_name(name), _value(value))
        for name, value in headers.items()
        if name.lower() not in _SET_BY_SERVER
    ]


def _cookies(cookies: object) -> list[tuple[str, str]]:
    if cookies is None:
        return []
    if not isinstance(cookies, list):
        raise _Malformed
    return [("set-cookie", _value(cookie)) for cookie in cookies]


def _name(name: str) -> str:
    if not _TOKEN.fullmatch(name):
        raise _Malformed
    return name


def _value(value: object) -> str:
    text = json.dumps(value) if isinstance(value, bool | int | float) else value
    if not isinstance(text, str) or re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text):
        raise _Malformed
    text.encode()  # a lone surrogate cannot be sent
    return text


def _body(result: dict[str, object]) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise _Malformed
    if result.get("isBase64Encoded") is not True:
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as exc:
        raise _Malformed from exc
