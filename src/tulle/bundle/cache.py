"""Owns the folder for what may be made again: where it is, and what is wrong with it."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.errors import OutputUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["cache_in_use", "find_cache", "find_home"]

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}


def find_cache(environ: Mapping[str, str]) -> Path:
    """Find the folder, by the XDG Base Directory Specification."""
    folder = environ.get("XDG_CACHE_HOME", "")
    return (Path(folder) if folder.startswith("/") else find_home(environ) / ".cache") / "tulle"


def find_home(environ: Mapping[str, str]) -> Path:
    """Find the user's own folder."""
    return Path(environ["HOME"]) if environ.get("HOME") else Path.home()


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
