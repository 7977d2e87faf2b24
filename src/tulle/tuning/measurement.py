"""Owns `Measurement`: what a function was seen to need on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

    The busiest thread's time is the shortest that the work can take. What other threads did meanwhile was
    done in parallel, with as much of the busiest thread's time as the second busiest took; what the busiest
    neither ran nor was held up, it waited.
    """
    cpu_ms = max(after.total_ms - before.total_ms, 0.0)
    spent = []
    for thread, then in after.threads.items():
        earlier = before.threads.get(thread)
        ran_ms = then.ran_ms - (earlier.ran_ms if earlier else 0.0)
        held_up_ms = then.held_up_ms - (earlier.held_up_ms if earlier else 0.0)
        spent.append((ran_ms, held_up_ms))
    spent.sort(reverse=True)
    if not spent:  # the kernel does not tell, so all is taken for the work of one thread
        spent = [(cpu_ms, 0.0)]
    (busiest_ms, held_up_ms), second_ms = spent[0], spent[1][0] if len(spent) > 1 else 0.0
    parallel_ms = min(max(cpu_ms - busiest_ms, 0.0) + second_ms, cpu_ms)
    return Effort(
        wall_ms=wall_ms,
        serial_ms=cpu_ms - parallel_ms,
        parallel_ms=parallel_ms,
        waiting_ms=max(wall_ms - busiest_ms - held_up_ms, 0.0),
    )
