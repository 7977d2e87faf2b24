"""Owns which folders of the real `/tmp` an environment's own one must still show."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tulle.emulator.function import Function

__all__ = ["kept_folders"]

_TMP = Path("/tmp")  # noqa: S108 (Lambda's own)


def kept_folders(function: Function) -> tuple[str, ...] | None:
    """List what the function needs of `/tmp`: its own folders, and its interpreter's.

    None: it needs the whole.
    """
    interpreter = (function.python, function.python.resolve())
    needed = {
        function.folder,
        *function.search_path,
        *(python.parent.parent for python in interpreter),
        *map(Path, (sys.prefix, sys.base_prefix)),
        *(Path(entry) for entry in sys.path if entry),
    }
    needed |= {path.resolve() for path in needed}
    if _TMP in needed:
        return None
    within = {path for path in needed if path.is_relative_to(_TMP) and path.is_dir()}
    return tuple(sorted(str(path) for path in within if within.isdisjoint(path.parents)))
