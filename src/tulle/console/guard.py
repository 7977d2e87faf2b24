"""Owns who may use the console, and what a browser may do with its answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from tulle.console.refusal import Refusal
from tulle.errors import TooManyInvocations, TulleError

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

__all__ = ["HEADERS", "add_headers", "guard", "json_answer"]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Let a browser run nothing but the console's own files, and show them to no other site."""
    response.headers.update(HEADERS)


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let through what our own page or a tool asks, and say in JSON what is refused."""
    try:
        _check(request)
        return await handler(request)
    except Refusal as refusal:
        return _refuse(refusal.status, refusal.message, refusal.hint)
    except TooManyInvocations as exc:
        return _refuse(429, exc.message, exc.hint)
    except TulleError as exc:
        return _refuse(500, exc.message, exc.hint)
    except web.HTTPException as exc:
        hint = "the console's address is /_tulle/"
        return _refuse(exc.status, HTTPStatus(exc.status).phrase.lower(), hint)


def json_answer(content: object, *, status: int = 200) -> web.Response:
    """Answer with JSON, in ASCII, for a function's text may be none that UTF-8 can carry."""
    return web.json_response(content, status=status)


def _check(request: web.Request) -> None:
    """Refuse what the page of another site made a browser send.

    Another site's page cannot set a header without asking first, which is never granted; and a browser
    names the site with everything that is not a GET. A tool names none, and sets the header.
    """
    hint = "open the console itself, or add the header X-Tulle-Console: 1 from a program"
    if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"} and (
        request.headers.get("Sec-Fetch-Mode") != "navigate"
    ):
        raise Refusal(403, "the console answers only to its own page", hint=hint)
    if request.method in {"GET", "HEAD"}:
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        raise Refusal(403, "the console answers only to its own page", hint=hint)
    if request.headers.get("X-Tulle-Console") != "1":
        raise Refusal(403, "the header X-Tulle-Console is missing", hint=hint)


def _refuse(status: int, message: str, hint: str) -> web.Response:
    return json_answer({"error": {"message": message, "hint": hint}}, status=status)
