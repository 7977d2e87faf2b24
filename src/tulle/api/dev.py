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

from tulle.bundle.cache import cache_in_use, find_cache
from tulle.bundle.manifest import write_function_folder
from tulle.bundle.runtime_files import RUNTIME_HANDLER, runtime_folder
from tulle.bundle.served_model import model_source, served_model
from tulle.bundle.unpacked import find_start, unpack
from tulle.console.console import Console
from tulle.console.settings import ConsoleSettings
from tulle.emulator.function import Client, Function
from tulle.emulator.reload import changed_files
from tulle.emulator.server import LocalLambda
from tulle.errors import TulleError
from tulle.model.builtin import builtin_model, sample_pictures
from tulle.project.project import function_name
from tulle.target import Architecture

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from tulle.emulator.happening import Happening
    from tulle.emulator.server import ServerOptions
    from tulle.emulator.surroundings import Surroundings
    from tulle.model.file import Model
    from tulle.progress import Reporter
    from tulle.project.project import Project

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

    name: str
    handler: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSource:
    """A model under tulle's own handler.

    Args:
        project: what names the model; one that is no `.tflite` file for functions is converted first.
        allow_private_addresses: whether pictures may come from this machine and its network.
    """

    project: Project
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
            load = partial(_load, source.project, surroundings)
            model = load()
            function = _model_function(model, source, settings, Path(folder))
            if model.path == builtin_model("clothing"):
                samples = sample_pictures()
            following = partial(_follow, load, source, function.folder, surroundings.reporter)
            if source.allow_private_addresses:
                surroundings.reporter.note(
                    "pictures may come from this machine and its network, "
                    "which a packaged function refuses"
                )
        console = None
        if with_console:
            place = source.folder if isinstance(source, HandlerSource) else Path.cwd()
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


def _load(project: Project, surroundings: Surroundings) -> Model:
    cache = find_cache(surroundings.environ)
    with cache_in_use(cache):
        model = served_model(project, cache=cache, reporter=surroundings.reporter)
    if model is None:
        raise ValueError("a project without a model has a handler")
    return model


async def _follow(
    load: Callable[[], Model], source: ModelSource, folder: Path, reporter: Reporter
) -> None:
    """Bring a model that is written anew into the function's folder, where the local Lambda sees it."""
    path = model_source(source.project)
    if path is None:
        return
    async for names in changed_files(path.resolve().parent):
        if not any(name == path.name or name.startswith(f"{path.name}/") for name in names):
            continue
        try:
            model = await asyncio.to_thread(load)  # a conversion takes a while
            write_function_folder(
                model, folder, allow_private_addresses=source.allow_private_addresses
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
    return Function(
        name=source.name,
        handler=source.handler,
        folder=source.folder,
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
        name=source.project.name,
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
