"""Owns the answer to DNS rebinding: a name that is not this machine's own is refused."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

__all__ = ["host_guard", "is_allowed_host", "is_loopback"]

_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def host_guard(bound_host: str) -> Middleware:
    """Make a middleware that lets through only requests that were sent to this machine.

    A page of any site can make a browser ask 127.0.0.1 by giving its own name that address. Such a
    request carries the site's name, so only loopback names and the one that was asked for are taken.
    Bound to another address than loopback, the server also takes plain addresses, which need no name.
    """

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_allowed_host(request.headers.get("Host", ""), bound_host):
            own = "" if bound_host in _LOCAL_NAMES else f", {bound_host}"
            text = f"This local server answers only to localhost, 127.0.0.1, [::1]{own}.\n"
            return web.Response(status=403, text=text)
        return await handler(request)

    return guard


@lru_cache(maxsize=64)  # every request of every invocation is asked
def is_allowed_host(host_header: str, bound_host: str) -> bool:
    """Tell whether a request's Host header names this machine."""
    name = _name(host_header)
    if name is None:
        return False
    if name in {*_LOCAL_NAMES, bound_host}:
        return True
    return not is_loopback(bound_host) and _address(name) is not None


def is_loopback(host: str) -> bool:
    """Tell whether a host, a name or an address, can only be this machine."""
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def _name(host_header: str) -> str | None:
    try:
        return urlsplit(f"//{host_header}").hostname
    except ValueError:
        return None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
