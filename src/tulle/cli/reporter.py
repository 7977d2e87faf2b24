"""Owns the story that the terminal tells on stderr."""

from __future__ import annotations

import click

__all__ = ["TerminalReporter"]


class TerminalReporter:
    """A `Reporter` that writes each line to stderr as it happens."""

    def step(self, text: str) -> None:
        """Show that a part of the work begins."""
        click.echo(click.style("→ ", fg="cyan") + text, err=True)

    def note(self, text: str) -> None:
        """Show a fact."""
        click.echo(f"  {text}", err=True)

    def warn(self, text: str) -> None:
        """Show what needs a look."""
        click.echo(click.style("! ", fg="yellow", bold=True) + text, err=True)

    def done(self, text: str) -> None:
        """Show the end."""
        click.echo(click.style("✓ ", fg="green", bold=True) + text, err=True)
