"""Owns `dev`: a function served on this machine, with a gateway before it and a console beside it."""

from __future__ import annotations

import asyncio
import platform
import signal
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from tulle.api.local_function import (
    ArtifactSource,
    FunctionSettings,
    LayoutSource,
    make_local_function,
    project_source,
)
from tulle.console.console import Console
from tulle.console.settings import ConsoleSettings
from tulle.emulator.server import LocalLambda
from tulle.target import Architecture

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.api.local_function import FunctionSource, LocalFunction
    from tulle.emulator.happening import Happening
    from tulle.emulator.server import ServerOptions
    from tulle.emulator.surroundings import Surroundings

__all__ = [
    "ArtifactSource",
    "FunctionSettings",
    "LayoutSource",
    "dev",
    "project_source",
]


def dev(
    source: FunctionSource,
    settings: FunctionSettings,
    options: ServerOptions,
    *,
    surroundings: Surroundings,
    on_ready: Callable[[LocalLambda, str | None], None],
    with_console: bool = True,
) -> signal.Signals:
    """Serve a function until SIGINT or SIGTERM comes, and tell which came.

    Args:
        source: what to serve.
        settings: its limits and its environment.
        options: where to listen and what to serve there.
        surroundings: the effects that this needs.
        on_ready: is called once, when the first request can come, with the address of the console.
        with_console: whether there is one.
    """
    with tempfile.TemporaryDirectory(prefix="tulle-dev-") as scratch:
        isolation = replace(surroundings.isolation, passing=Path(scratch))
        surroundings = replace(surroundings, isolation=isolation)
        local = make_local_function(source, settings, surroundings, Path(scratch))
        console = None
        if with_console:
            console = _console(local, options, surroundings)
            surroundings = replace(surroundings, tell=_both(surroundings.tell, console.hear))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_serve(local, options, surroundings, on_ready, console))


async def _serve(
    local: LocalFunction,
    options: ServerOptions,
    surroundings: Surroundings,
    on_ready: Callable[[LocalLambda, str | None], None],
    console: Console | None,
) -> signal.Signals:
    loop = asyncio.get_running_loop()
    stopped: asyncio.Queue[signal.Signals] = asyncio.Queue()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.put_nowait, number)
    add_pages = None if console is None else console.add_pages
    async with LocalLambda(local.function, options, surroundings, add_pages=add_pages) as running:
        follower = None
        if local.follow is not None and options.reload:
            follower = asyncio.create_task(local.follow())
        on_ready(running, None if console is None else console.page_url(running))
        number = await stopped.get()
        if follower is not None:
            follower.cancel()
            await asyncio.gather(follower, return_exceptions=True)
        return number


def _console(local: LocalFunction, options: ServerOptions, surroundings: Surroundings) -> Console:
    is_arm = platform.machine() in {"aarch64", "arm64"}
    settings = ConsoleSettings(
        api=options.api.type,
        architecture=Architecture.ARM64 if is_arm else Architecture.X86_64,
        folder=local.place,
        samples=local.samples,
    )
    return Console(settings, now_s=surroundings.now_s)


def _both(
    first: Callable[[Happening], None], second: Callable[[Happening], None]
) -> Callable[[Happening], None]:
    def hear(happening: Happening) -> None:
        first(happening)
        second(happening)

    return hear
