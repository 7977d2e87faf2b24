"""Owns `LocalLambda`: a function behind the Invoke API and a gateway, on one port."""

from __future__ import annotations

import asyncio
import errno
import socket
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from aiohttp import web

from tulle.emulator.asynchronous.queue import EventQueue
from tulle.emulator.asynchronous.settings import EventSettings
from tulle.emulator.dispatcher import Dispatcher
from tulle.emulator.gateway.api_keys import issue_keys
from tulle.emulator.gateway.choice import choose_gateway
from tulle.emulator.gateway.gateway import Gateway
from tulle.emulator.happening import FilesChanged
from tulle.emulator.host_guard import host_guard, is_loopback
from tulle.emulator.http_log import http_logger
from tulle.emulator.invocation import Source, new_request
from tulle.emulator.lambda_api.api import LambdaApi
from tulle.emulator.reload import changed_files
from tulle.errors import AddressUnavailable, PortInUse
from tulle.project.api import ApiSection, ApiType
from tulle.project.route import Route

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from tulle.emulator.function import Function
    from tulle.emulator.invocation import Invocation, Request
    from tulle.emulator.outcome import Answer
    from tulle.emulator.surroundings import Surroundings

__all__ = ["LocalLambda", "ServerOptions"]

# A gateway has limits of its own, below this, and its own words for what is above them.
_HEADER_LIMIT_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """Where to listen and what to serve.

    Args:
        port: 0 takes any free one.
        reload: whether a changed file in the function's folder gives the next invocation a fresh
            environment; the files of an image do not change.
        events: how asynchronous calls are tried again, and where they end.
        api: what stands before the function; a function URL takes every path, whatever the routes.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    api: ApiSection = field(default_factory=ApiSection)
    reload: bool = True
    events: EventSettings = field(default_factory=EventSettings)


class LocalLambda:
    """One function, served until the `async with` block is left; then nothing of it runs on.

    Args:
        add_pages: adds more to what is served; it goes before the gateway.
    """

    def __init__(
        self,
        function: Function,
        options: ServerOptions,
        surroundings: Surroundings,
        *,
        add_pages: Callable[[web.Application, LocalLambda], None] | None = None,
    ) -> None:
        self.function = function
        self._options = options
        self._surroundings = surroundings
        self._add_pages = add_pages
        self.api_keys = issue_keys(options.api.keys, surroundings.environ)
        self._dispatcher = Dispatcher(function, surroundings)
        self._events = EventQueue(self._dispatcher.submit, options.events, surroundings)
        self._runner: web.AppRunner | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Listen; the child starts with the first invocation, as on Lambda."""
        listener = _listen(self._options.host, self._options.port)
        with ExitStack() as unused:
            unused.callback(listener.close)
            preparation = await self._dispatcher.prepare()
            unused.pop_all()
        if not is_loopback(self._options.host):
            self._surroundings.reporter.warn(
                f"other machines can call the function, for it listens on {self._options.host}"
            )
        self._surroundings.reporter.note(preparation)
        self.port: int = listener.getsockname()[1]
        self._runner = web.AppRunner(
            self._application(),
            access_log=None,
            logger=http_logger(self._surroundings.reporter),
            shutdown_timeout=1,
            auto_decompress=False,
            max_line_size=_HEADER_LIMIT_BYTES,
            max_field_size=_HEADER_LIMIT_BYTES,
        )
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()
        if self._options.reload and self.function.image is None:
            self._watcher = asyncio.create_task(self._renew_on_change())
            await asyncio.sleep(0)  # let it begin to watch before anyone can think that it does
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Stop everything at once."""
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
        await self._events.stop()
        await self._dispatcher.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def routes(self) -> tuple[Route, ...]:
        """What the gateway sends to the function."""
        match self._options.api.type:
            case ApiType.NONE:
                return ()
            case ApiType.URL:
                return (Route(path="/"),)
            case ApiType.HTTP | ApiType.REST:
                return self._options.api.routes

    @property
    def gateway_url(self) -> str:
        """Where the gateway's routes begin: with the stage, where the URL must name it."""
        return self.url + self._options.api.prefix

    @property
    def url(self) -> str:
        """Where the Invoke API is, and the gateway."""
        host = self._options.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def request(self, payload: bytes) -> Request:
        """Make a request of a payload, as the Invoke API would."""
        now_s = self._surroundings.now_s()
        arn = self.function.arn
        return new_request(payload, invoked_arn=arn, now_s=now_s, source=Source.PAGE)

    async def ask(self, request: Request) -> Answer:
        """Run a request in this process, and give its answer as soon as it is there.

        Raises:
            TooManyInvocations: as many run as may at once.
        """
        return await self._dispatcher.ask(request)

    async def invoke(self, payload: bytes) -> Invocation:
        """Invoke the function in this process; give its report too, which comes after the answer.

        Raises:
            TooManyInvocations: as many run as may at once.
        """
        return await asyncio.shield(self._dispatcher.submit(self.request(payload)))

    def _application(self) -> web.Application:
        surroundings = self._surroundings
        application = web.Application(middlewares=[host_guard(self._options.host)])
        application.on_response_prepare.append(_leave_out_the_servers_name)
        LambdaApi(self.function, self._dispatcher, self._events, surroundings).add_to(application)
        if self._add_pages is not None:
            self._add_pages(application, self)
        parts = choose_gateway(
            self._options.api, keys=self.api_keys, concurrency=self.function.concurrency
        )
        if parts is not None:
            gateway = Gateway(self.function, self._dispatcher, surroundings, parts)
            application.router.add_route("*", "/{path:.*}", gateway.respond)
        return application

    async def _renew_on_change(self) -> None:
        reporter = self._surroundings.reporter
        try:
            left_out = self._options.events.dead_letter_file
            async for names in changed_files(self.function.folder, left_out=left_out):
                more = f" and {len(names) - 3} more" if len(names) > 3 else ""
                self._dispatcher.renew()
                self._surroundings.tell(FilesChanged(names=names))
                changed = ", ".join(names[:3]) + more
                reporter.step(f"changed: {changed}; the next request runs the new code")
        except OSError as exc:
            reporter.warn(f"changed files are not noticed, for the folder is not watched: {exc}")


async def _leave_out_the_servers_name(_request: web.Request, response: web.StreamResponse) -> None:
    """Say no more of the server than AWS does."""
    response.headers.popall("Server", None)


def _listen(host: str, port: int) -> socket.socket:
    try:
        return _bind(host, port)
    except socket.gaierror as exc:
        raise AddressUnavailable(
            f"'{host}' is no host of this machine", hint="leave out --host to use 127.0.0.1"
        ) from exc
    except OSError as exc:
        if exc.errno == errno.EADDRINUSE:
            raise PortInUse(
                f"port {port} is in use by another program",
                hint=f"add --port {_next_free(host, port)}, which is free",
            ) from exc
        raise AddressUnavailable(
            f"cannot listen on {host}, port {port}",
            hint="choose another --host, or a --port above 1023",
        ) from exc


def _bind(host: str, port: int) -> socket.socket:
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    return socket.create_server((host, port), family=family)


def _next_free(host: str, port: int) -> int:
    """Find the next port on which nothing listens; 0, which takes any, if none is near."""
    for candidate in range(port + 1, min(port + 100, 65536)):
        try:
            _bind(host, candidate).close()
        except OSError:
            continue
        return candidate
    return 0
