"""Owns the files of the function runtime that go into a function."""

from __future__ import annotations

from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from tulle import __version__
from tulle.bundle.bundle import BundleFile, Layer, file_of

__all__ = ["RUNTIME_HANDLER", "runtime_files", "runtime_folder"]

RUNTIME_HANDLER = "tulle_runtime.handler.lambda_handler"
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
    contents: dict[str, Path | bytes] = {
        path.name: path for path in sorted(runtime_folder().glob("*.py"))
    }
    contents["LICENSE"] = licence.encode()
    return tuple(
        file_of(
            PurePosixPath(_PACKAGE, name),
            content,
            origin=f"tulle {__version__}",
            layer=Layer.DEPENDENCIES,
        )
        for name, content in contents.items()
    )
