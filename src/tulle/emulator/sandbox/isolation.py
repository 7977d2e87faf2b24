"""Owns `Isolation`: how far execution environments are kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Isolation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """How far environments are kept apart, where this system allows it.

    Args:
        tmp_mb: the size of each environment's `/tmp`; Lambda gives 512 MB unless asked for more.
        mounts: whether to mount it; else it is a folder without a bound, named by `TMPDIR`.
        control_groups: whether the kernel bounds the memory; else it is only watched.
        passing: a folder that goes when all environments have ended, also if the emulator is killed.
    """

    tmp_mb: int = 512
    mounts: bool = True
    control_groups: bool = True
    passing: Path | None = None
