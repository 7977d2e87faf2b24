"""Owns `ControlGroup`: memory bounded by the kernel, where a group of version 2 may be made."""

from __future__ import annotations

import contextlib
import itertools
import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ControlGroup", "find_parent", "make_group"]

_ROOT = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")
_MIB = 1024 * 1024
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlGroup:
    """The group of one sandbox."""

    path: Path

    @property
    def held_kb(self) -> int:
        """Tell what is held now: memory of the processes' own, and the files that they have mapped.

        What is in `/tmp` is memory too, for the kernel; for Lambda it is not.
        """
        counts = _counts(self.path / "memory.stat")
        return (counts.get("anon", 0) + counts.get("file_mapped", 0)) // 1024

    @property
    def kills(self) -> int:
        """Count what the kernel ended here because it held too much."""
        return _counts(self.path / "memory.events").get("oom_kill", 0)

    def remove(self) -> None:
        """Remove it, if it is there and nothing runs in it."""
        with contextlib.suppress(OSError):
            self.path.rmdir()


def find_parent(root: Path = _ROOT, own: Path = _OWN) -> Path | None:
    """Find the nearest group above this process in which others with a bound may be made."""
    for line in own.read_text().splitlines() if own.exists() else ():
        number, _, place = line.split(":", 2)
        if number == "0":
            here = root / place.lstrip("/")
            above = (folder for folder in (here, *here.parents) if folder.is_relative_to(root))
            return next(filter(_is_delegated, above), None)
    return None


def make_group(parent: Path, *, memory_mb: int, tmp_mb: int) -> ControlGroup:
    """Make a group that the kernel ends as a whole when it holds too much.

    Its bound has room for a full `/tmp`. What is held apart from that is looked at, for the kernel does
    not tell the two apart.

    Raises:
        OSError: no group can be made there.
    """
    path = parent / f"tulle-{os.getpid()}-{next(_numbers)}"
    path.mkdir()
    try:
        (path / "memory.max").write_text(str((memory_mb + tmp_mb) * _MIB))
        (path / "memory.oom.group").write_text("1")
        with contextlib.suppress(FileNotFoundError):  # a kernel without swap
            (path / "memory.swap.max").write_text("0")
    except OSError:
        path.rmdir()
        raise
    return ControlGroup(path=path)


def _is_delegated(folder: Path) -> bool:
    control = folder / "cgroup.subtree_control"
    try:
        return (
            "memory" in control.read_text().split()
            and os.access(folder, os.W_OK)
            and os.access(folder / "cgroup.procs", os.W_OK)
        )
    except OSError:
        return False


def _counts(file: Path) -> dict[str, int]:
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return {}
    return {name: int(count) for name, count in (line.split() for line in lines)}
