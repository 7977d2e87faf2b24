"""Owns noticing that a function's files have changed."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import DefaultFilter, awatch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["changed_files"]

# Editors write a file in several steps; this gathers them, and is far below what a person notices.
_SETTLING_MS = 20
_GATHERING_MS = 200


async def changed_files(
    folder: Path, *, left_out: Path | None = None
) -> AsyncIterator[tuple[str, ...]]:
    """Give the changed files, relative to the folder, each time that some change.

    Left out is what `watchfiles` leaves out by itself: bytecode, caches, virtual environments,
    version control and editors' temporary files; tulle's own `.tulle`; logs (`*.log`), and what this
    process itself writes to, for with `tulle dev 2> story` each change would tell of the next; and
    one file more, if it is named.
    """
    wanted = DefaultFilter(
        ignore_dirs=(*DefaultFilter.ignore_dirs, ".tulle"),
        ignore_entity_patterns=(*DefaultFilter.ignore_entity_patterns, r"\.log$"),
        ignore_paths=[left_out] if left_out else None,
    )
    async for changes in awatch(
        folder, watch_filter=wanted, step=_SETTLING_MS, debounce=_GATHERING_MS
    ):
        names = {_relative(path, folder) for _, path in changes if not _is_own_output(path)}
        if names:
            yield tuple(sorted(names))


def _is_own_output(path: str) -> bool:
    for stream in (1, 2):
        with suppress(OSError):
            if os.path.samestat(Path(path).stat(), os.fstat(stream)):
                return True
    return False


def _relative(path: str, folder: Path) -> str:
    return path.removeprefix(f"{folder}/")
