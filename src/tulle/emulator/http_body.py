"""Owns bodies over HTTP: reading one no further than a limit, and answering with JSON."""

from __future__ import annotations

from aiohttp import web

from tulle.emulator.aws_json import compact_json

__all__ = ["json_response", "read_body"]


async def read_body(request: web.Request, *, limit_bytes: int) -> bytes | None:
    """Read a body, or give None for one that is larger than the limit."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > limit_bytes:
            return None
    return bytes(body)


def json_response(value: object, *, status: int) -> web.Response:
    """Answer with a value; AWS names no charset."""
    return web.Response(status=status, body=compact_json(value), content_type="application/json")
