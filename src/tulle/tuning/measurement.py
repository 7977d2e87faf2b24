"""Owns `Measurement`: what a function was seen to need on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.emulator.sandbox.processor_time import ProcessorTime

__all__ = ["ColdStart", "Effort", "Measurement", "effort_between"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What a piece of work took, in milliseconds.

    Args:
        wall_ms: from its begin to its end.
        serial_ms: processor time of what no two threads did at once.
        parallel_ms: processor time, of all threads together, of what they did at once.
        waiting_ms: time in which the work waited for something else than a processor.
    """

    wall_ms: float
    serial_ms: float
    parallel_ms: float
    waiting_ms: float

    @property
    def cpu_ms(self) -> float:
        """All the processor time."""
        return self.serial_ms + self.parallel_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdStart:
    """An init, and the first invocation after it."""

    init: Effort
    first: Effort


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a function took in several cold starts and, with at least one call, in a warm environment.

    Args:
        max_memory_used_mb: the most memory that it held.
        processors: how many the function had.
    """

    cold: tuple[ColdStart, ...]
    warm: tuple[Effort, ...]
    max_memory_used_mb: int
    processors: int


def effort_between(before: ProcessorTime, after: ProcessorTime, *, wall_ms: float) -> Effort:
    """Tell what was done between two looks at the processor time.

    The busiest thread's time is the shortest that the work can take. What other threads did was done at once
    with it, and with as much of its time as the second busiest took; what the busiest neither ran nor was held
    up, it waited. Of threads that have ended only the sum is known: they are held to have run one after the
    other while the busiest waited, as far as their time fits in there.
    """
    cpu_ms = max(after.total_ms - before.total_ms, 0.0)
    spent = sorted(_spent(before, after), reverse=True)
    if not after.threads:  # the kernel does not tell, so all is taken for the work of one thread
        spent = [(cpu_ms, 0.0)]
    (busiest_ms, held_up_ms), (second_ms, _) = [*spent, (0.0, 0.0), (0.0, 0.0)][:2]
    seen_ms = sum(ran_ms for ran_ms, _ in spent)
    ended_ms = max(cpu_ms - seen_ms, 0.0)
    idle_ms = max(wall_ms - busiest_ms - held_up_ms, 0.0)
    overlap_ms = max(ended_ms - idle_ms, 0.0)  # at least two ran at once for so long
    parallel_ms = seen_ms - busiest_ms + second_ms + min(2 * overlap_ms, ended_ms)
    parallel_ms = min(parallel_ms, cpu_ms)
    return Effort(
        wall_ms=wall_ms,
        serial_ms=cpu_ms - parallel_ms,
        parallel_ms=parallel_ms,
        waiting_ms=max(idle_ms - ended_ms, 0.0),
    )


def _spent(before: ProcessorTime, after: ProcessorTime) -> Iterator[tuple[float, float]]:
    """Give how long each thread ran, and how long it was held up."""
    for thread, then in after.threads.items():
        earlier = before.threads.get(thread)
        yield (
            then.ran_ms - (earlier.ran_ms if earlier else 0.0),
            then.held_up_ms - (earlier.held_up_ms if earlier else 0.0),
        )
