"""Owns making the function that `dev` runs: from a model, the user's own handler, or what was built."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, replace
from functools import partial
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.api.local_image import LayoutSource, image_function
from tulle.api.local_project import ProjectCopy
from tulle.bundle.cache import cache_in_use, find_cache
from tulle.bundle.manifest import write_function_folder
from tulle.bundle.runtime_files import RUNTIME_HANDLER, runtime_folder
from tulle.bundle.served_model import model_source, served_model
from tulle.bundle.unpacked import find_start, unpack
from tulle.emulator.function import Client, Function
from tulle.emulator.reload import changed_files
from tulle.errors import TulleError
from tulle.model.builtin import builtin_model, sample_pictures
from tulle.project.project import function_name

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from tulle.emulator.surroundings import Surroundings
    from tulle.model.file import Model
    from tulle.progress import Reporter
    from tulle.project.project import Project

__all__ = [
    "ArtifactSource",
    "FunctionSettings",
    "FunctionSource",
    "HandlerSource",
    "LayoutSource",
    "LocalFunction",
    "ModelSource",
    "make_local_function",
    "project_source",
]


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
    """The user's own function: a handler in a folder.

    Args:
        model: what stands beside it in the packaged function.
    """

    name: str
    handler: str
    folder: Path
    model: ModelSource | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSource:
    """A model under tulle's own handler.

    Args:
        project: what names the model; one that is no `.tflite` file for functions is converted first.
        allow_private_addresses: whether pictures may come from this machine and its network.
    """

    project: Project
    allow_private_addresses: bool = True


FunctionSource = ArtifactSource | HandlerSource | LayoutSource | ModelSource


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSettings:
    """What a function has whatever it does."""

    memory_mb: int = 1024
    timeout_s: int = 30
    concurrency: int = 10
    environment: tuple[tuple[str, str], ...] = ()
    client: Client = Client.AWSLAMBDARIC


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFunction:
    """A function to be run here, and what goes with it.

    Args:
        place: where the user keeps what goes with it, such as test events.
        samples: pictures that it can be tried with.
        follow: brings what changes elsewhere into the function's folder, until it is cancelled.
    """

    function: Function
    place: Path
    samples: tuple[Path, ...] = ()
    follow: Callable[[], Coroutine[None, None, None]] | None = None


def project_source(
    project: Project, handler: str | None, *, allow_private_addresses: bool = True
) -> HandlerSource | ModelSource:
    """Tell what a project's function is made of: its model, or its handler with its model beside it.

    Args:
        project: what names the model, if there is one.
        handler: the project's, or another one; None for tulle's own.
        allow_private_addresses: whether a model's pictures may come from this machine and its network.
    """
    served = ModelSource(project=project, allow_private_addresses=allow_private_addresses)
    if handler is None:
        return served
    beside = None if project.model is None else served
    return HandlerSource(name=project.name, handler=handler, folder=project.folder, model=beside)


def make_local_function(
    source: FunctionSource, settings: FunctionSettings, surroundings: Surroundings, scratch: Path
) -> LocalFunction:
    """Make a function; what it is made of goes into an empty folder, which must outlive it."""
    if isinstance(source, ArtifactSource):
        function = _built_function(source, scratch, surroundings.environ)
        local = LocalFunction(function=function, place=Path.cwd())
    elif isinstance(source, LayoutSource):
        root = scratch / "root"
        root.mkdir()
        function = image_function(source, root, surroundings.reporter)
        local = LocalFunction(function=function, place=Path.cwd())
    elif isinstance(source, HandlerSource):
        local = _handler_function(source, settings, surroundings, scratch)
    else:
        local = _model_function(source, settings, surroundings, scratch)
    environment = (*local.function.environment, *settings.environment)
    function = replace(
        local.function,
        environment=environment,
        memory_mb=settings.memory_mb,
        timeout_s=settings.timeout_s,
        concurrency=settings.concurrency,
    )
    return replace(local, function=function)


def _handler_function(
    source: HandlerSource, settings: FunctionSettings, surroundings: Surroundings, scratch: Path
) -> LocalFunction:
    _warn_of_missing_module(source, surroundings.reporter)
    function = Function(
        name=source.name, handler=source.handler, folder=source.folder, client=settings.client
    )
    if source.model is None:
        return LocalFunction(function=function, place=source.folder)
    load = partial(_load, source.model.project, surroundings)
    model = load()
    copy = ProjectCopy(source.model.project, scratch, model, surroundings.reporter)
    copy.refresh()
    private = source.model.allow_private_addresses
    write_function_folder(model, scratch, allow_private_addresses=private)
    follow_model = partial(_follow, load, source.model, scratch, surroundings.reporter)
    return LocalFunction(
        function=replace(function, folder=scratch),
        place=source.folder,
        follow=lambda: _both(copy.follow(), follow_model()),
    )


async def _both(first: Coroutine[None, None, None], second: Coroutine[None, None, None]) -> None:
    await asyncio.gather(first, second)


def _warn_of_missing_module(source: HandlerSource, reporter: Reporter) -> None:
    """Say at once what the first call would fail with; the module may still be written."""
    module = source.handler.rpartition(".")[0].replace("/", ".").partition(".")[0]
    if PathFinder.find_spec(module, [str(source.folder), *sys.path]) is None:
        reporter.warn(f"there is no {module}.py in {source.folder}; calls fail until there is one")


def _built_function(source: ArtifactSource, scratch: Path, environ: Mapping[str, str]) -> Function:
    files, clients = scratch / "function", scratch / "client"
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
    )


def _model_function(
    source: ModelSource, settings: FunctionSettings, surroundings: Surroundings, scratch: Path
) -> LocalFunction:
    load = partial(_load, source.project, surroundings)
    model = load()
    write_function_folder(model, scratch, allow_private_addresses=source.allow_private_addresses)
    if source.allow_private_addresses:
        surroundings.reporter.note(
            "pictures may come from this machine and its network, which a packaged function refuses"
        )
    function = Function(
        name=source.project.name,
        handler=RUNTIME_HANDLER,
        folder=scratch,
        search_path=(runtime_folder().parent,),
        # Nobody edits this code, so it may start from bytecode, as a packaged function does.
        environment=(("PYTHONDONTWRITEBYTECODE", ""),),
        client=settings.client,
    )
    return LocalFunction(
        function=function,
        place=Path.cwd(),
        samples=sample_pictures() if model.path == builtin_model("clothing") else (),
        follow=partial(_follow, load, source, scratch, surroundings.reporter),
    )


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
