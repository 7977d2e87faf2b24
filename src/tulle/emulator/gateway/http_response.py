"""Owns `HttpResponse`, and what all gateways read alike in a function's result."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "HttpResponse",
    "Malformed",
    "NotBase64",
    "add_headers",
    "decode_body",
    "json_refusal",
    "read_header_value",
    "read_headers",
    "read_multi_value_headers",
    "read_status",
    "read_text",
]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """What goes back over HTTP."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def add_headers(answer: HttpResponse, headers: Iterable[tuple[str, str]]) -> HttpResponse:
    """Put headers behind those of an answer."""
    return replace(answer, headers=(*answer.headers, *headers))


class Malformed(Exception):
    """A function's result is no response."""


class NotBase64(Malformed):
    """A body is not the base64 that it is said to be."""


def json_refusal(status: int, body: str, *, error_type: str | None = None) -> HttpResponse:
    """Make a gateway's own answer."""
    headers = [("content-type", "application/json")]
    if error_type is not None:
        headers.append(("x-amzn-ErrorType", error_type))
    return HttpResponse(status=status, headers=tuple(headers), body=body.encode())


def read_status(value: object) -> int:
    """Take a number, or a text of one."""
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 200 <= value <= 599:
        raise Malformed
    return value


def read_headers(headers: object) -> list[tuple[str, str]]:
    """Read an object of names and values."""
    return [(name, read_header_value(value)) for name, value in _named(headers)]


def _named(headers: object) -> list[tuple[str, object]]:
    if headers is None:
        return []
    if not isinstance(headers, dict) or not all(_TOKEN.fullmatch(name) for name in headers):
        raise Malformed
    return list(headers.items())


def read_multi_value_headers(headers: object) -> list[tuple[str, str]]:
    """Read an object of names and lists of values."""
    pairs = []
    for name, values in _named(headers):
        if not isinstance(values, list):
            raise Malformed
        pairs += [(name, read_header_value(value)) for value in values]
    return pairs


def read_header_value(value: object) -> str:
    """Take a text, or what has one way to write it."""
    text = json.dumps(value) if isinstance(value, bool | int | float) else value
    if not isinstance(text, str) or re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text):
        raise Malformed
    text.encode()  # a lone surrogate cannot be sent
    return text


def read_text(body: object) -> str:
    """Read a body that is a text or absent."""
    if body is None:
        return ""
    if not isinstance(body, str):
        raise Malformed
    return body


def decode_body(text: str) -> bytes:
    """Decode base64."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as exc:
        raise NotBase64 from exc
