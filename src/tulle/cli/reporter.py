"""Owns the story that the terminal tells on stderr."""

from __future__ import annotations

import sys

import click

__all__ = ["TerminalReporter"]

_BAR_WIDTH = 20
_MIB = 1024 * 1024
_ERASE_LINE = "\r\x1b[K"


class TerminalReporter:
    """A `Reporter` that writes each line to stderr as it happens."""

    def step(self, text: str) -> None:
        """Show that a part of the work begins."""
        click.echo(click.style("→ ", fg="cyan") + text, err=True)

    def note(self, text: str) -> None:
        """Show a fact."""
        click.echo(f"  {text}", err=True)

    def progress(self, done_bytes: int, total_bytes: int) -> None:
        """Show a bar while a transfer goes on, where there is a terminal to draw it on."""
        if not sys.stderr.isatty():
            return
        line = ""
        if done_bytes < total_bytes:
            full = "━" * (done_bytes * _BAR_WIDTH // total_bytes)
            line = (
                f"  {full:╌<{_BAR_WIDTH}} {done_bytes / _MIB:.1f} of {total_bytes / _MIB:.1f} MiB\r"
            )
        click.echo(f"{_ERASE_LINE}{line}", err=True, nl=False)

    def warn(self, text: str) -> None:
        """Show what needs a look."""
        click.echo(click.style("! ", fg="yellow", bold=True) + text, err=True)

    def done(self, text: str) -> None:
        """Show the end."""
        click.echo(click.style("✓ ", fg="green", bold=True) + text, err=True)
