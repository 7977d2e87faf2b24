"""Owns the files of the function runtime that go into a function."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from tulle import __version__
from tulle.bundle.bundle import BundleFile, Layer, file_of
from tulle.bundle.wheels.bytecode import bytecode_path, compile_modules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tulle.bundle.wheels.bytecode import Interpreter

__all__ = [
    "RUNTIME_CLIENT",
    "RUNTIME_HANDLER",
    "runtime_bytecode",
    "runtime_files",
    "runtime_folder",
]

RUNTIME_HANDLER = "tulle_runtime.handler.lambda_handler"
RUNTIME_CLIENT = ("python3", "-m", "tulle_runtime.bootstrap")
"""The command that speaks to Lambda where the base has no client of its own."""
_PACKAGE = "tulle_runtime"


def runtime_folder() -> Path:
    """Find the function runtime's package, without importing it."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{_PACKAGE} is installed with tulle, but is not there")
    return Path(spec.origin).parent


def runtime_files() -> tuple[BundleFile, ...]:
    """List the function runtime's modules and its licence."""
    licence = distribution("tulle").read_text("licenses/LICENSE") or ""
    modules = [_file(PurePosixPath(_PACKAGE, path.name), path) for path in _modules()]
    return (*modules, _file(PurePosixPath(_PACKAGE, "LICENSE"), licence.encode()))


def runtime_bytecode(interpreter: Interpreter, cache: Path) -> tuple[BundleFile, ...]:
    """Compile the function runtime's modules; the result is kept in the cache."""
    modules = _modules()
    folder = cache / "runtime" / _key(modules, interpreter)
    if not folder.is_dir():
        _compile(modules, interpreter, folder)
    paths = [bytecode_path(PurePosixPath(_PACKAGE, path.name), interpreter) for path in modules]
    return tuple(_file(path, folder / path) for path in paths)


def _modules() -> list[Path]:
    return sorted(runtime_folder().glob("*.py"))


def _key(modules: Sequence[Path], interpreter: Interpreter) -> str:
    digest = hashlib.sha256(interpreter.version.encode())
    for path in modules:
        digest.update(f"{path.name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _compile(modules: Sequence[Path], interpreter: Interpreter, folder: Path) -> None:
    """Compile copies of modules in a new folder, and put that in its place unless another build was first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as scratch:
        new = Path(scratch) / "new"
        (new / _PACKAGE).mkdir(parents=True)
        for path in modules:
            shutil.copyfile(path, new / _PACKAGE / path.name)
        names = [PurePosixPath(_PACKAGE, path.name) for path in modules]
        compile_modules(names, new, interpreter)
        try:
            new.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise


def _file(path: PurePosixPath, content: Path | bytes) -> BundleFile:
    return file_of(path, content, origin=f"tulle {__version__}", layer=Layer.DEPENDENCIES)
