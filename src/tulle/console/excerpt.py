"""Owns `Excerpt`: as much of an event or a result as is kept to be looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass

__all__ = ["Excerpt", "Json", "take_excerpt"]

Json = dict[str, "Json"] | list["Json"] | str | float | bool | None

_LIMIT_BYTES = 64 * 1024
# Where a value is too large it is nearly always for its strings: pictures in base64.
_STRING_LIMIT = 1000
_STRING_KEPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A payload of at most 64 KB, or what was made of a larger one.

    Args:
        kept: JSON, or a text that is none.
        body_bytes: the size of the HTTP body in a large event; 0 where there is none, or it is small.
    """

    kept: bytes
    is_cut: bool = False
    body_bytes: int = 0

    @property
    def value(self) -> Json:
        """Give the JSON, or the text where it is none."""
        return _parse(self.kept)


def take_excerpt(payload: bytes) -> Excerpt:
    """Keep a payload, cutting its long strings where it is too large, and at last the whole."""
    if len(payload) <= _LIMIT_BYTES:
        return Excerpt(kept=payload)
    value = _parse(payload)
    if not isinstance(value, str):
        kept = json.dumps(_shorten(value)).encode()
        if len(kept) <= _LIMIT_BYTES:
            return Excerpt(kept=kept, is_cut=True, body_bytes=_body_bytes(value))
    text = f"{payload[:_LIMIT_BYTES].decode(errors='replace')}… ({len(payload):,} bytes)"
    return Excerpt(kept=json.dumps(text).encode(), is_cut=True, body_bytes=_body_bytes(value))


def _parse(payload: bytes) -> Json:
    try:
        value: Json = json.loads(payload)
    except (ValueError, RecursionError):
        return payload.decode(errors="replace")
    return value


def _shorten(value: Json) -> Json:
    match value:
        case str() if len(value) > _STRING_LIMIT:
            return f"{value[:_STRING_KEPT]}… ({len(value):,} characters)"
        case dict():
            return {name: _shorten(inner) for name, inner in value.items()}
        case list():
            return [_shorten(inner) for inner in value]
        case _:
            return value


def _body_bytes(event: Json) -> int:
    match event:
        case {"body": str(body), "isBase64Encoded": True}:
            return len(body) * 3 // 4
        case {"body": str(body)}:
            return len(body.encode(errors="replace"))
        case _:
            return 0
