"""Owns how a function's log looks in the terminal."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from tulle.emulator.happening import EnvironmentsCounted, Logged

if TYPE_CHECKING:
    from typing import TextIO

    from tulle.emulator.happening import Happening

__all__ = ["FunctionLog"]

_PLATFORM_LINES = ("INIT_START ", "INIT_REPORT ", "START ", "END ", "REPORT ")
_REMEMBERED = 1000  # as many as may run at once
_COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red")


class FunctionLog:
    """Writes the log to a stream, the platform's own lines dim on a terminal.

    While there is more than one execution environment, each line begins with the number of its own.

    Args:
        stream: where it is written.
        color: whether it is styled; None: on a terminal.
    """

    def __init__(self, stream: TextIO, *, color: bool | None = None) -> None:
        self._stream = stream
        self._styled = stream.isatty() if color is None else color
        self._numbers: dict[str, int] = {}
        self._last_number = 0
        self._many = False

    def hear(self, happening: Happening) -> None:
        """Write what is a line of the log."""
        match happening:
            case EnvironmentsCounted(busy=busy, idle=idle):
                self._many = busy + idle > 1
            case Logged(environment=environment, line=line):
                if self._styled and line.startswith(_PLATFORM_LINES):
                    line = click.style(line, dim=True)
                with suppress(BrokenPipeError):  # who read the log has gone, and calls go on
                    self._stream.write(f"{self._tag(environment)}{line}\n")

    def _tag(self, environment: str) -> str:
        number = self._numbers.get(environment) or self._new_number(environment)
        if not self._many:
            return ""
        tag = f"{number} | "
        colour = _COLOURS[(number - 1) % len(_COLOURS)]
        return click.style(tag, fg=colour) if self._styled else tag

    def _new_number(self, environment: str) -> int:
        self._last_number += 1
        self._numbers[environment] = self._last_number
        if len(self._numbers) > _REMEMBERED:
            del self._numbers[next(iter(self._numbers))]
        return self._last_number
