"""Owns putting an artifact in its place: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.errors import OutputUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["new_file", "new_folder"]


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write; when all went well, it stands at the path.

    Raises:
        OutputUnavailable: it cannot be written.
    """
    if path.is_dir():
        raise OutputUnavailable(f"{path} is a folder", hint="name a file: --output FILE")
    with _translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        new = Path(name)
        try:
            with os.fdopen(number, "w+b") as file:
                yield file
            new.chmod(0o644)
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder to fill; when all went well, it stands at the path, instead of what was there.

    Raises:
        OutputUnavailable: it cannot be written.
    """
    with _translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as scratch:
            new, old = Path(scratch) / "new", Path(scratch) / "old"
            new.mkdir()
            yield new
            if path.exists():
                path.rename(old)
            new.rename(path)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise OutputUnavailable(
            f"{path} cannot be written: {exc.strerror or exc}",
            hint="make room there, or name another place with --output; nothing half-written was left",
        ) from exc
