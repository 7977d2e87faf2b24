"""Owns finding the shared libraries that some compiled files are loaded with."""

from __future__ import annotations

import posixpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tulle.bundle.elf.reading import read_compiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tulle.bundle.elf.reading import CompiledFile

__all__ = ["library_closure"]


def library_closure(
    roots: Iterable[PurePosixPath], files: Mapping[PurePosixPath, Path]
) -> frozenset[PurePosixPath]:
    """Follow what files are loaded with to the libraries among `files`, the roots left out.

    A library is looked for where the file that wants it says; what is not there is the system's.
    """
    starts = tuple(roots)
    reached: set[PurePosixPath] = set()
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        compiled = read_compiled(files[path])
        found = _libraries(path, compiled, files) if compiled else ()
        waiting += [library for library in found if library not in reached]
        reached.update(found)
    return frozenset(reached).difference(starts)


def _libraries(
    path: PurePosixPath, compiled: CompiledFile, files: Mapping[PurePosixPath, Path]
) -> tuple[PurePosixPath, ...]:
    folders = [
        PurePosixPath(
            posixpath.normpath(
                search.replace("${ORIGIN}", "$ORIGIN").replace("$ORIGIN", str(path.parent))
            )
        )
        for search in compiled.search_paths
    ]
    places = [[folder / library for folder in folders] for library in compiled.libraries]
    found = (next((place for place in row if place in files), None) for row in places)
    return tuple(place for place in found if place is not None)
