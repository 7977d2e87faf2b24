"""Owns `Console`: it hears what goes on in a local Lambda, and serves the page that shows it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from tulle.console.api import ConsoleApi, ConsoleState
from tulle.console.guard import HEADERS, add_headers, guard
from tulle.console.history import History
from tulle.console.listeners import Listeners
from tulle.console.load import Load
from tulle.console.price import PriceTag
from tulle.emulator.function import REGION
from tulle.emulator.gateway.routes import find_route
from tulle.emulator.happening import (
    Began,
    Ended,
    EnvironmentsCounted,
    FilesChanged,
    HttpAnswered,
    Logged,
)
from tulle.pricing.rates import find_rates

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.console.settings import ConsoleSettings
    from tulle.emulator.happening import Happening
    from tulle.emulator.server import LocalLambda

__all__ = ["Console"]

_PREFIX = "/_tulle"
_EVENTS = {
    Began: "invocation",
    Ended: "invocation",
    FilesChanged: "changed",
    HttpAnswered: "invocation",
    Logged: "log",
}
_COUNT_EVERY_S = 0.05
_STATIC = Path(__file__).with_name("static")


class Console:
    """The console of one local Lambda.

    Args:
        now_s: tells the Unix time in seconds.
    """

    def __init__(self, settings: ConsoleSettings, *, now_s: Callable[[], float]) -> None:
        price = PriceTag(
            rates=find_rates(REGION), architecture=settings.architecture, api=settings.api
        )
        listeners = Listeners()
        self._settings = settings
        self._now_s = now_s
        self._listeners = listeners
        self._history = History(now_s=now_s, price=price)
        self._load = Load(now_s=now_s, tell=listeners.tell)
        self._count: EnvironmentsCounted | None = None

    def hear(self, happening: Happening) -> None:
        """Remember what happened, and tell the pages that are open."""
        if self._load.takes(happening):
            return
        self._history.hear(happening)
        if not self._listeners:
            return
        if isinstance(happening, EnvironmentsCounted):
            self._tell_soon(happening)
        elif (content := self._history.describe(happening)) is not None:
            self._listeners.tell(_EVENTS[type(happening)], content)

    def add_pages(self, application: web.Application, running: LocalLambda) -> None:
        """Serve the page, its files and its API; the page also at `/`, where no route takes that."""
        state = ConsoleState(
            settings=self._settings,
            history=self._history,
            listeners=self._listeners,
            load=self._load,
        )
        pages = web.Application(middlewares=[guard])
        pages.on_response_prepare.append(add_headers)
        ConsoleApi(state, running, now_s=self._now_s).add_to(pages)
        pages.router.add_get("/", _show_page)
        pages.router.add_static("/static", _STATIC)
        application.router.add_get(_PREFIX, _lead_to_page)
        application.add_subapp(_PREFIX, pages)
        if _root_is_free(running):
            application.router.add_get("/", _show_page)
        application.on_shutdown.append(self._stop)

    def page_url(self, running: LocalLambda) -> str:
        """Name the page's shortest address."""
        return f"{running.url}/" if _root_is_free(running) else f"{running.url}{_PREFIX}/"

    def _tell_soon(self, count: EnvironmentsCounted) -> None:
        """Tell the newest of several counts, for many may come at once and they differ little."""
        if self._count is None:
            asyncio.get_running_loop().call_later(_COUNT_EVERY_S, self._tell_count)
        self._count = count

    def _tell_count(self) -> None:
        count, self._count = self._count, None
        if count is not None:
            self._listeners.tell("environments", self._history.describe(count))

    async def _stop(self, _application: web.Application) -> None:
        self._listeners.cut()
        if self._load.is_running:
            await self._load.stop()


async def _show_page(_request: web.Request) -> web.StreamResponse:
    response = web.FileResponse(_STATIC / "index.html")
    response.headers.update(HEADERS)
    return response


async def _lead_to_page(_request: web.Request) -> web.Response:
    raise web.HTTPFound(f"{_PREFIX}/")


def _root_is_free(running: LocalLambda) -> bool:
    below_stage = running.gateway_url != running.url
    return below_stage or find_route(running.routes, "GET", "/") is None
