"""Owns `dev`: a function, from a model or from the user's own handler, served on this machine."""

from __future__ import annotations

import asyncio
import platform
import signal
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from tulle.bundle.manifest import write_function_folder
from tulle.bundle.runtime_files import RUNTIME_HANDLER, runtime_folder
from tulle.bundle.unpacked import find_start, unpack
from tulle.console.console import Console
from tulle.console.settings import ConsoleSettings
from tulle.emulator.function import Client, Function
from tulle.emulator.reload import changed_files
from tulle.emulator.server import LocalLambda
from tulle.errors import TulleError
from tulle.model.builtin import builtin_model, sample_pictures
from tulle.model.file import load_model
from tulle.model.lookup import find_model
from tulle.project.project import function_name
from tulle.target import Architecture

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from tulle.emulator.happening import Happening
    from tulle.emulator.server import ServerOptions
    from tulle.emulator.surroundings import Surroundings
    from tulle.model.file import Model
    from tulle.progress import Reporter

__all__ = ["ArtifactSource", "FunctionSettings", "HandlerSource", "ModelSource", "dev"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactSource:
    """A zip that `build` made, run from its own files alone.

    Args:
        handler: what Lambda would call; None where the zip has tulle's own.
    """

    path: Path
    handler: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerSource:
    """The user's own function: a handler in a folder."""

    handler: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSource:
    """A model under tulle's own handler.

    Args:
        model: the name of a built-in model, or the path of a `.tflite` file.
        allow_private_addresses: whether pictures may come from this machine and its network.
    """

    model: str
    allow_private_addresses: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSettings:
    """What a function has whatever it does."""

    memory_mb: int = 1024
    timeout_s: int = 30
    concurrency: int = 10
    environment: tuple[tuple[str, str], ...] = ()
    client: Client = Client.AWSLAMBDARIC


def dev(
    source: ArtifactSource | HandlerSource | ModelSource,
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
    samples: tuple[Path, ...] = ()
    with ExitStack() as stack:
        if isinstance(source, HandlerSource):
            function, following = _own_function(source, settings), None
        elif isinstance(source, ArtifactSource):
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tulle-dev-"))
            function = _built_function(source, settings, Path(folder), surroundings.environ)
            following = None
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tulle-dev-"))
            model = find_model(source.model)
            function = _model_function(model, source, settings, Path(folder))
            if model.path == builtin_model(source.model):
                samples = sample_pictures()
            following = partial(_follow, model, source, function.folder, surroundings.reporter)
            if source.allow_private_addresses:
                surroundings.reporter.note(
                    "pictures may come from this machine and its network, "
                    "which a packaged function refuses"
                )
        console = None
        if with_console:
            place = source.folder.resolve() if isinstance(source, HandlerSource) else Path.cwd()
            console = _console(place, samples, options, surroundings)
            surroundings = replace(surroundings, tell=_both(surroundings.tell, console.hear))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_serve(function, following, options, surroundings, on_ready, console))


async def _serve(
    function: Function,
    following: Callable[[], Coroutine[None, None, None]] | None,
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
    async with LocalLambda(function, options, surroundings, add_pages=add_pages) as running:
        follower = None
        if following is not None and options.reload:
            follower = asyncio.create_task(following())
        on_ready(running, None if console is None else console.page_url(running))
        number = await stopped.get()
        if follower is not None:
            follower.cancel()
            await asyncio.gather(follower, return_exceptions=True)
        return number


async def _follow(model: Model, source: ModelSource, folder: Path, reporter: Reporter) -> None:
    """Bring a model that is written anew into the function's folder, where the local Lambda sees it."""
    async for names in changed_files(model.path.resolve().parent):
        if model.path.name not in names:
            continue
        try:
            write_function_folder(
                load_model(model.path),
                folder,
                allow_private_addresses=source.allow_private_addresses,
            )
        except TulleError as exc:
            reporter.warn(f"the function keeps the model that it has: {exc}")


def _console(
    folder: Path, samples: tuple[Path, ...], options: ServerOptions, surroundings: Surroundings
) -> Console:
    is_arm = platform.machine() in {"aarch64", "arm64"}
    settings = ConsoleSettings(
        api=options.api.type,
        architecture=Architecture.ARM64 if is_arm else Architecture.X86_64,
        folder=folder,
        samples=samples,
    )
    return Console(settings, now_s=surroundings.now_s)


def _both(
    first: Callable[[Happening], None], second: Callable[[Happening], None]
) -> Callable[[Happening], None]:
    def hear(happening: Happening) -> None:
        first(happening)
        second(happening)

    return hear


def _own_function(source: HandlerSource, settings: FunctionSettings) -> Function:
    folder = source.folder.resolve()
    return Function(
        name=function_name(folder.name),
        handler=source.handler,
        folder=folder,
        environment=settings.environment,
        memory_mb=settings.memory_mb,
        timeout_s=settings.timeout_s,
        concurrency=settings.concurrency,
        client=settings.client,
    )


def _built_function(
    source: ArtifactSource, settings: FunctionSettings, folder: Path, environ: Mapping[str, str]
) -> Function:
    files, clients = folder / "function", folder / "client"
    files.mkdir()
    clients.mkdir()
    unpack(source.path, files)
    start = find_start(files, source.handler, clients=clients, environ=environ)
    return Function(
        name=function_name(source.path.stem),
        handler=start.handler,
        folder=files,
        python=start.python,
        runtime=start.runtime,
        search_path=start.search_path,
        entrypoint=start.words,
        environment=settings.environment,
        memory_mb=settings.memory_mb,
        timeout_s=settings.timeout_s,
        concurrency=settings.concurrency,
    )


def _model_function(
    model: Model, source: ModelSource, settings: FunctionSettings, folder: Path
) -> Function:
    write_function_folder(model, folder, allow_private_addresses=source.allow_private_addresses)
    return Function(
        name=function_name(model.path.stem),
        handler=RUNTIME_HANDLER,
        folder=folder,
        search_path=(runtime_folder().parent,),
        # Nobody edits this code, so it may start from bytecode, as a packaged function does.
        environment=(("PYTHONDONTWRITEBYTECODE", ""), *settings.environment),
        memory_mb=settings.memory_mb,
        timeout_s=settings.timeout_s,
        concurrency=settings.concurrency,
        client=settings.client,
    )
