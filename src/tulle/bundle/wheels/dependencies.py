"""Owns the door to a function's packages: chosen or repeated, trimmed, compiled, and kept for the next build."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tulle.bundle.bundle import Layer, file_of
from tulle.bundle.wheels.bytecode import bytecode_path, compile_modules
from tulle.bundle.wheels.choosing import choose, unpack
from tulle.bundle.wheels.lock import find_choice, write_choice
from tulle.bundle.wheels.pip_settings import with_pip_settings
from tulle.bundle.wheels.request import read_request
from tulle.bundle.wheels.store import Dependencies, find_stored, new_entry, store
from tulle.bundle.wheels.trim import RULES, plan_trim
from tulle.bundle.wheels.uv import Uv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import PurePosixPath

    from tulle.bundle.bundle import BundleFile
    from tulle.bundle.wheels.bytecode import Interpreter
    from tulle.bundle.wheels.lock import Choice
    from tulle.bundle.wheels.trim import TrimPlan
    from tulle.bundle.wheels.unpacked import Unpacked
    from tulle.progress import Reporter
    from tulle.target import Target

__all__ = ["dependencies"]


def dependencies(  # noqa: PLR0913 (what it needs of the world comes in here)
    requirements: Iterable[str],
    target: Target,
    *,
    with_runtime: bool = True,
    interpreter: Interpreter | None,
    lock: Path,
    cache: Path,
    environ: Mapping[str, str],
    reporter: Reporter,
) -> Dependencies:
    """Give the packages of a function: the runtime's, trimmed to what it uses, and the user's.

    The choice of a first build is written to the lock, and taken again as long as the request is the same. What was
    once unpacked and trimmed is taken from the cache, without asking an index or starting `uv`.

    Args:
        requirements: the user's, as `pip` has them.
        target: what they are for.
        with_runtime: whether the function has tulle's runtime in it, which needs LiteRT and Pillow.
        interpreter: what compiles them; None leaves that to each cold start.
        lock: `tulle.lock`, in the project's folder, whose settings for `uv` hold.
        cache: a folder for what is made; its files may go at any time, and must not be changed.
        environ: where `uv` is told its settings.
        reporter: hears of the parts that take seconds.

    Raises:
        BundleError: the packages cannot be had, or not be unpacked.
        OSError: the cache or the lock cannot be written.
    """
    request = read_request(requirements, with_runtime=with_runtime)
    choice = find_choice(lock, target, request.sha256)
    if choice and (found := find_stored(cache, _key(choice, interpreter))):
        return found
    uv = Uv(environ=with_pip_settings(environ), folder=lock.absolute().parent)
    if choice is None:
        reporter.step(f"choosing packages for {target.runtime} on {target.architecture}")
        choice = choose(request, target, uv, reporter)
        write_choice(lock, choice)
    compiler = f", compiling with Python {interpreter.version}" if interpreter else ""
    reporter.step(f"unpacking packages, leaving out what the function does not use{compiler}")
    return _make(choice, target, uv, cache, interpreter)


def _key(choice: Choice, interpreter: Interpreter | None) -> str:
    """Name what the result depends on."""
    parts = [RULES, asdict(choice), interpreter.version if interpreter else None]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _make(
    choice: Choice, target: Target, uv: Uv, cache: Path, interpreter: Interpreter | None
) -> Dependencies:
    key = _key(choice, interpreter)
    with new_entry(cache) as folder, TemporaryDirectory(prefix="unpacked-", dir=cache) as raw:
        unpacked = unpack(choice.wheels, target, uv, Path(raw))
        plan = plan_trim(unpacked)
        kept = tuple(_keep(unpacked, plan, folder))
        compiled = tuple(_compile(kept, folder, interpreter)) if interpreter else ()
        made = Dependencies(
            files=(*kept, *compiled),
            plan=plan,
            packages=unpacked.packages,
            bytecode=interpreter.version if interpreter else None,
        )
        store(made, folder, cache, key)
    return find_stored(cache, key) or made


def _keep(unpacked: Unpacked, plan: TrimPlan, folder: Path) -> Iterator[BundleFile]:
    """Move what stays into the folder."""
    kept = {decision.path for decision in plan.decisions if decision.keep}
    for file in unpacked.files:
        if file.path in kept:
            place = folder / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            file.location.rename(place)
            yield _bundle_file(file.path, place, file.package.origin, executable=file.executable)


def _compile(
    kept: tuple[BundleFile, ...], folder: Path, interpreter: Interpreter
) -> Iterator[BundleFile]:
    """Compile each package in a process of its own: what was compiled before a module may change its bytes."""
    modules: dict[str, list[PurePosixPath]] = {}
    for file in kept:
        if file.path.suffix == ".py":
            modules.setdefault(file.origin, []).append(file.path)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda paths: compile_modules(paths, folder, interpreter), modules.values()))
    for origin, paths in modules.items():
        for path in (bytecode_path(source, interpreter) for source in paths):
            if (folder / path).is_file():
                yield _bundle_file(path, folder / path, origin, executable=False)


def _bundle_file(
    path: PurePosixPath, location: Path, origin: str, *, executable: bool
) -> BundleFile:
    return file_of(path, location, origin=origin, layer=Layer.DEPENDENCIES, executable=executable)
