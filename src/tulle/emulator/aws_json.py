"""Owns JSON as AWS writes it: without spaces."""

from __future__ import annotations

import json

__all__ = ["compact_json"]


def compact_json(value: object) -> bytes:
    """Write a value as UTF-8."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
