"""Owns putting an artifact in its place: whole, or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.errors import OutputUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["cache_in_use", "new_file", "new_folder"]

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def cache_in_use(cache: Path) -> Iterator[None]:
    """Say of a cache, or of what else cannot be written meanwhile, what is wrong with it.

    Raises:
        OutputUnavailable: the disk is full, or is not this user's to write to.
    """
    try:
        yield
    except OSError as exc:
        if exc.errno not in _NO_ROOM:
            raise
        place = exc.filename or cache
        raise OutputUnavailable(
            f"{place} cannot be written: {exc.strerror}",
            hint="make room there; the variable XDG_CACHE_HOME names another folder for the cache",
        ) from exc


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
