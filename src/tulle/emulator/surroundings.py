"""Owns `Surroundings`: what the emulator takes from outside itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tulle.emulator.sandbox.isolation import Isolation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tulle.emulator.happening import Happening
    from tulle.progress import Reporter

__all__ = ["Surroundings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The effects that the emulator needs.

    Args:
        reporter: hears what the emulator does.
        now_s: tells the Unix time in seconds.
        environ: the variables of this process; a child sees only what it cannot do without.
        log: gets each line of the function's log, without its line break. Who also wants to know
            where a line comes from hears it by `tell`.
        tell: hears all that goes on, at once and in order; it must not block.
        isolation: how far execution environments are kept apart.
    """

    reporter: Reporter
    now_s: Callable[[], float]
    environ: Mapping[str, str]
    log: Callable[[str], None] = lambda _: None
    tell: Callable[[Happening], None] = lambda _: None
    isolation: Isolation = field(default_factory=Isolation)
