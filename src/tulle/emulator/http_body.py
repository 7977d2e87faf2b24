"""Owns reading a request's body no further than a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["read_body"]


async def read_body(request: web.Request, *, limit_bytes: int) -> bytes | None:
    """Read a body, or give None for one that is larger than the limit."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > limit_bytes:
            return None
    return bytes(body)
