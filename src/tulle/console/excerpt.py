"""Owns `Excerpt`: as much of an event or a result as is kept to be looked at."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.console.json_text import parse_json

if TYPE_CHECKING:
    from tulle.console.json_text import Json

__all__ = ["Excerpt", "take_excerpt"]

_LIMIT_BYTES = 64 * 1024
# A value is nearly always too large for its strings: pictures in base64. One with very many strings is
# not looked into, for that would take long, and the function's next invocation would wait for it.
_STRING_COUNT = 2000
# What is no JSON may hold a string without an end: that goes to the end, so that it is read but once.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_STRING_LIMIT = 1000
_STRING_KEPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A payload of at most 64 KB, or what was made of a larger one.

    Args:
        kept: mostly JSON; a function may give what is none.
    """

    kept: bytes
    is_cut: bool = False

    @property
    def value(self) -> Json:
        """Give the JSON, or the text where it is none."""
        try:
            return parse_json(self.kept)
        except ValueError:
            return self.kept.decode(errors="replace")


def take_excerpt(payload: bytes) -> Excerpt:
    """Keep a payload, cutting its long strings where it is too large, and at last the whole."""
    if len(payload) <= _LIMIT_BYTES:
        return Excerpt(kept=payload)
    if payload.count(b'"') <= 2 * _STRING_COUNT:
        shortened = _STRING.sub(_shorten, payload)
        if len(shortened) <= _LIMIT_BYTES:
            return Excerpt(kept=shortened, is_cut=True)
    text = f"{payload[:_LIMIT_BYTES].decode(errors='replace')}… ({len(payload):,} bytes)"
    return Excerpt(kept=json.dumps(text).encode(), is_cut=True)


def _shorten(found: re.Match[bytes]) -> bytes:
    if len(found[0]) <= _STRING_LIMIT:
        return found[0]
    try:
        text = str(json.loads(found[0]))
    except ValueError:  # no JSON after all
        return found[0]
    return json.dumps(f"{text[:_STRING_KEPT]}… ({len(text):,} characters)").encode()
