"""Owns how much processor time a sandbox has used, read from the kernel when somebody asks."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.emulator.sandbox.memory import processes_below

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ProcessorTime", "ThreadTime", "processor_time"]

_NS_A_MS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadTime:
    """How long a thread ran, and how long it could have run but had no processor."""

    ran_ms: float
    held_up_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessorTime:
    """What processes have used since they started.

    Args:
        total_ms: of all threads together, also those that have ended.
        threads: of each that lives, by its id; empty where the kernel does not tell.
    """

    total_ms: float
    threads: Mapping[int, ThreadTime]


def processor_time(pid: int) -> ProcessorTime:
    """Tell what the processes below one have used; of those that have ended, nothing is known."""
    pids = tuple(processes_below(pid))
    return ProcessorTime(
        total_ms=sum(map(_process_ms, pids)),
        threads={
            thread: spent
            for process in pids
            for thread in _threads(process)
            if (spent := _thread_time(process, thread)) is not None
        },
    )


def _process_ms(pid: int) -> float:
    # Linux: the clock of a process by its number, as clock_getcpuclockid(3) makes it.
    try:
        return time.clock_gettime_ns(~pid << 3 | 2) / _NS_A_MS
    except OSError:
        return 0.0  # it ended meanwhile


def _threads(pid: int) -> tuple[int, ...]:
    try:
        return tuple(map(int, os.listdir(f"/proc/{pid}/task")))  # noqa: PTH208 (as in memory)
    except OSError:
        return ()


def _thread_time(pid: int, thread: int) -> ThreadTime | None:
    # Linux, Documentation/scheduler/sched-stats.rst: ran and waited, in nanoseconds, and how often.
    try:
        with open(f"/proc/{pid}/task/{thread}/schedstat", "rb") as file:  # noqa: PTH123 (as above)
            ran_ns, held_up_ns, _ = map(int, file.read().split())
    except (OSError, ValueError):
        return None
    return ThreadTime(ran_ms=ran_ns / _NS_A_MS, held_up_ms=held_up_ns / _NS_A_MS)
