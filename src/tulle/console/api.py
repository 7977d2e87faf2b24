"""Owns `ConsoleApi`: what the page asks and tells, over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tulle.console.description import describe_function
from tulle.console.guard import json_answer
from tulle.console.refusal import Refusal
from tulle.console.request_body import read_request_body
from tulle.console.saved_events import SavedEvents
from tulle.console.starters import make_starters

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.console.history import History
    from tulle.console.listeners import Listeners
    from tulle.console.load import Load
    from tulle.console.settings import ConsoleSettings
    from tulle.emulator.server import LocalLambda

__all__ = ["ConsoleApi", "ConsoleState"]

_REQUESTS_LIMIT = 10_000
_CONCURRENCY_LIMIT = 1_000
_EXAMPLE = "https://example.com/picture.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleState:
    """What the console knows."""

    settings: ConsoleSettings
    history: History
    listeners: Listeners
    load: Load


class ConsoleApi:
    """Answers the page."""

    def __init__(
        self, state: ConsoleState, running: LocalLambda, *, now_s: Callable[[], float]
    ) -> None:
        self._state = state
        self._running = running
        self._samples = {path.name: path for path in state.settings.samples}
        picture_url = next(
            (f"{running.url}/_tulle/samples/{name}" for name in self._samples), _EXAMPLE
        )
        self._events = SavedEvents(
            state.settings.folder / ".tulle" / "events",
            make_starters(state.settings.api, picture_url=picture_url, now_s=now_s()),
        )

    def add_to(self, pages: web.Application) -> None:
        """Add all of its addresses."""
        pages.add_routes(
            [
                web.get("/api/function", self._function),
                web.get("/api/stream", self._stream, allow_head=False),
                web.get("/api/samples", self._list_samples),
                web.get("/samples/{name}", self._sample),
                web.post("/api/invocations", self._invoke),
                web.get("/api/events", self._list_events),
                web.get("/api/events/{name}", self._event),
                web.put("/api/events/{name}", self._save_event),
                web.delete("/api/events/{name}", self._delete_event),
                web.get("/api/load", self._show_load),
                web.post("/api/load", self._start_load),
                web.delete("/api/load", self._stop_load),
            ]
        )

    async def _function(self, _request: web.Request) -> web.Response:
        settings = self._state.settings
        return json_answer(
            await describe_function(
                self._running, api=settings.api, architecture=settings.architecture
            )
        )

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        self._state.load.tell_news()  # so that nobody is told again what the snapshot holds
        snapshot = {**self._state.history.snapshot(), "load": self._state.load.describe()}
        if request.transport is None:
            raise ConnectionResetError
        listener = self._state.listeners.add(request.transport, snapshot)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        try:
            await response.prepare(request)
            async for chunk in listener.chunks():
                await response.write(chunk)
        except ConnectionResetError:
            pass  # the page was closed
        finally:
            listener.cut()
        return response

    async def _invoke(self, request: web.Request) -> web.Response:
        body = await read_request_body(request)
        invocation = await self._running.invoke(body.event)
        return json_answer(self._state.history.invocation(invocation.request_id))

    async def _list_samples(self, _request: web.Request) -> web.Response:
        samples = [
            {"name": path.stem, "url": f"/_tulle/samples/{name}"}
            for name, path in self._samples.items()
        ]
        return json_answer({"samples": samples})

    async def _sample(self, request: web.Request) -> web.StreamResponse:
        path = self._samples.get(request.match_info["name"])
        if path is None:
            raise Refusal(404, "there is no such picture", hint="see /_tulle/api/samples")
        return web.FileResponse(path)

    async def _list_events(self, _request: web.Request) -> web.Response:
        return json_answer({"events": self._events.describe_all()})

    async def _event(self, request: web.Request) -> web.Response:
        return json_answer(self._events.describe(request.match_info["name"]))

    async def _save_event(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self._events.save(name, (await read_request_body(request)).event)
        return json_answer(self._events.describe(name))

    async def _delete_event(self, request: web.Request) -> web.Response:
        self._events.delete(request.match_info["name"])
        return json_answer({})

    async def _show_load(self, _request: web.Request) -> web.Response:
        return json_answer({"load": self._state.load.describe()})

    async def _start_load(self, request: web.Request) -> web.Response:
        body = await read_request_body(request)
        started = self._state.load.start(
            self._running,
            body.event,
            requests=body.number("requests", most=_REQUESTS_LIMIT),
            concurrency=body.number("concurrency", most=_CONCURRENCY_LIMIT),
        )
        return json_answer(started, status=202)

    async def _stop_load(self, _request: web.Request) -> web.Response:
        return json_answer(await self._state.load.stop())
