"""Owns `Image`: what a function has of its own that is a container image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Image"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A container image, unpacked: the function sees its files alone, and starts as it says.

    Args:
        name: where it is from.
        digest: of its manifest.
        root: its files, with places for `/proc`, `/dev`, `/tmp` and what names hosts.
        entrypoint: the program, with some arguments; one without a slash is looked for in `PATH`.
        command: more arguments.
        environment: the variables that it sets.
        folder: where it works, as the function sees it.
    """

    name: str
    digest: str
    root: Path
    entrypoint: tuple[str, ...]
    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    folder: str

    @property
    def words(self) -> tuple[str, ...]:
        """The program with all its arguments."""
        return self.entrypoint + self.command

    def launch_problem(self, reason: str) -> str:
        """Write the line with which Lambda logs that an image does not start."""
        return (
            f"IMAGE\tLaunch error: {reason}\tEntrypoint: [{','.join(self.entrypoint)}]"
            f"\tCmd: [{','.join(self.command)}]\tWorkingDir: [{self.folder}]"
        )
