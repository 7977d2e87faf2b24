"""Owns how much of a processor a memory size brings, and what that makes of a duration.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html: processor power grows in
proportion to the memory, and at 1,769 MB a function has the equivalent of one vCPU.
"""

from __future__ import annotations

__all__ = ["VCPU_MB", "cpu_share", "scaled_duration_ms"]

VCPU_MB = 1769
"""The memory size that brings one vCPU."""


def cpu_share(memory_mb: int) -> float:
    """Tell how many vCPUs a memory size brings: 1.0 at 1,769 MB."""
    return memory_mb / VCPU_MB


def scaled_duration_ms(duration_ms: float, *, from_mb: int, to_mb: int, threads: int = 1) -> float:
    """Tell how long work would take at another memory size.

    All of it is held to be the processor's work, none of it waiting, and to gain from as many vCPUs
    as there are threads, but from no more.

    Args:
        duration_ms: how long it takes at the memory size `from_mb`. (Give `VCPU_MB` where it had a
            whole processor.)
        from_mb: the memory size that it was measured at.
        to_mb: the memory size in question.
        threads: how many work at once.
    """
    most_mb = threads * VCPU_MB  # what is beyond it brings these threads no more
    return duration_ms * (min(from_mb, most_mb) / min(to_mb, most_mb))
