"""Owns how much memory a sandbox holds, read from `/proc`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["held_kb", "processes_below"]

_ENOUGH_BYTES = 1 << 16


def held_kb(pid: int, *, limit_kb: int) -> int:
    """Tell the most that was seen to be held below a process, at once or by one process ever.

    Pages that processes share count once, where it matters. Linux forgets a process with its end.
    """
    pids = tuple(processes_below(pid))
    statuses = [_read(f"/proc/{pid}/status") for pid in pids]
    held = sum(_field(status, b"VmRSS") for status in statuses)
    if held > limit_kb and len(pids) > 1:
        held = sum(map(_proportional_kb, pids))
    return max(held, *(_field(status, b"VmHWM") for status in statuses), 0)


def processes_below(pid: int) -> Iterator[int]:
    """List the processes that one started, and those that these did."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 (called at every invocation)
    except OSError:
        return  # it ended meanwhile, or this system has no /proc
    for thread in threads:
        for child in map(int, _read(f"/proc/{pid}/task/{thread}/children").split()):
            yield child
            yield from processes_below(child)


def _proportional_kb(pid: int) -> int:
    rollup = _read(f"/proc/{pid}/smaps_rollup")
    return _field(rollup, b"Pss") if rollup else _field(_read(f"/proc/{pid}/status"), b"VmRSS")


def _field(text: bytes, name: bytes) -> int:
    _, _, rest = text.partition(b"\n" + name + b":")
    return int(rest.split(None, 1)[0]) if rest else 0


def _read(path: str) -> bytes:
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.read(fd, _ENOUGH_BYTES)
    except OSError:
        return b""
    finally:
        os.close(fd)
