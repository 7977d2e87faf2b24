"""Owns JSON as AWS writes it: without spaces."""

from __future__ import annotations

import json

from aiohttp import web

__all__ = ["compact_json", "json_response"]


def compact_json(value: object) -> bytes:
    """Write a value as UTF-8."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def json_response(value: object, *, status: int) -> web.Response:
    """Answer with a value; AWS names no charset."""
    return web.Response(status=status, body=compact_json(value), content_type="application/json")
