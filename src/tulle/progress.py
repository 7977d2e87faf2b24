"""Owns `Reporter`: what long work tells whoever asked for it."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Reporter", "SilentReporter"]


class Reporter(Protocol):
    """Hears how a piece of work goes. The command line, the console and the tests each give one."""

    def step(self, text: str) -> None:
        """Hear that a part of the work begins, which may take seconds or more."""

    def note(self, text: str) -> None:
        """Hear a fact about the work under way."""

    def progress(self, done_bytes: int, total_bytes: int) -> None:
        """Hear how far a transfer is; comes several times a second, and last with the two equal."""

    def warn(self, text: str) -> None:
        """Hear of something that the user should look at, though the work goes on."""

    def done(self, text: str) -> None:
        """Hear that the whole work is finished, and with what."""


class SilentReporter:
    """A `Reporter` for callers that want no story."""

    def step(self, text: str) -> None:
        """Keep quiet."""

    def note(self, text: str) -> None:
        """Keep quiet."""

    def progress(self, done_bytes: int, total_bytes: int) -> None:
        """Keep quiet."""

    def warn(self, text: str) -> None:
        """Keep quiet."""

    def done(self, text: str) -> None:
        """Keep quiet."""
