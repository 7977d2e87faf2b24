"""Owns telling the calls that a page of another site makes a browser send."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tulle.emulator.host_guard import is_loopback

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["is_of_foreign_page"]


def is_of_foreign_page(http: web.Request) -> bool:
    """Tell whether a page that is not of this machine makes the call.

    AWS asks for a signature, which no such page could make; here nothing else would keep it from
    running the function. boto3, the AWS CLI and curl send neither header.
    """
    origin = http.headers.get("Origin")
    if origin is None:  # as for a picture's address; then the browser says this much
        return http.headers.get("Sec-Fetch-Site") == "cross-site"
    host = _host(origin)
    return host is None or not (is_loopback(host) or host == http.url.host)


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).hostname
    except ValueError:
        return None
