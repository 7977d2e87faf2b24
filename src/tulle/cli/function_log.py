"""Owns how a function's log looks in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tulle.emulator.happening import EnvironmentsCounted, Logged

if TYPE_CHECKING:
    from tulle.emulator.happening import Happening

__all__ = ["FunctionLog"]

_PLATFORM_LINES = ("INIT_START ", "INIT_REPORT ", "START ", "END ", "REPORT ")
_COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red")


class FunctionLog:
    """Writes the log to stderr, the platform's own lines dim.

    While there is more than one execution environment, each line begins with the number of its own.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._many = False

    def hear(self, happening: Happening) -> None:
        """Write what is a line of the log."""
        match happening:
            case EnvironmentsCounted(busy=busy, idle=idle):
                self._many = busy + idle > 1
            case Logged(environment=environment, line=line):
                shown = click.style(line, dim=True) if line.startswith(_PLATFORM_LINES) else line
                click.echo(self._tag(environment) + shown, err=True)

    def _tag(self, environment: str) -> str:
        number = self._numbers.setdefault(environment, len(self._numbers) + 1)
        if not self._many:
            return ""
        return click.style(f"{number} | ", fg=_COLOURS[(number - 1) % len(_COLOURS)])
