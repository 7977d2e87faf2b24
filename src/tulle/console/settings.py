"""Owns `ConsoleSettings`: what the console is told of the function beside what the emulator knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.project.api import ApiType
    from tulle.target import Architecture

__all__ = ["ConsoleSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSettings:
    """What the console shows beside the function.

    Args:
        api: what stands before the function.
        architecture: the processor by which calls are priced.
        folder: where `.tulle/events` is, or is made when an event is saved.
        samples: pictures to try, each named after what it shows.
    """

    api: ApiType
    architecture: Architecture
    folder: Path
    samples: tuple[Path, ...] = ()
