"""Owns how a failure is shown: what, why, what to do next, and the exit code."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from pathlib import Path

import click

from tulle.errors import TulleError

__all__ = ["run_showing_failures"]

_BUG = 70
_INTERRUPTED = 130


def run_showing_failures(command: click.Command) -> None:
    """Run a command and leave the process with the exit code of what happened."""
    debug = "--debug" in sys.argv[1:]
    color = False if os.environ.get("NO_COLOR") else None  # None: on a terminal (no-color.org)
    try:
        status = command.main(standalone_mode=False, color=color)
    except click.ClickException as exc:
        exc.show()
        status = exc.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        status = _INTERRUPTED
    except TulleError as exc:
        click.echo(describe(exc), err=True, color=color)
        if debug:
            traceback.print_exception(exc)
        status = exc.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        status = 0
    except Exception as exc:  # noqa: BLE001 (the one place that may: the last stop before the user)
        click.echo(_bug_report(exc), err=True, color=color)
        if debug:
            traceback.print_exception(exc)
        status = _BUG
    sys.exit(status if isinstance(status, int) else 0)


def describe(error: TulleError) -> str:
    """Put an error into the lines that the terminal shows."""
    lines = [click.style(f"error[{error.code}]", fg="red", bold=True) + f": {error.message}"]
    cause = error.__cause__
    while cause is not None:
        lines.append(f"  caused by: {type(cause).__name__}: {cause}")
        cause = cause.__cause__
    if error.detail:
        lines += ["", *(f"  {line}" for line in error.detail.splitlines()), ""]
    lines.append(click.style("hint", fg="cyan", bold=True) + f": {error.hint}")
    return "\n".join(lines)


def _bug_report(error: Exception) -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="tulle-bug-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exception(error, file=file)
    return (
        click.style("error[bug]", fg="red", bold=True)
        + f": tulle failed in a way it should not: {type(error).__name__}: {error}\n"
        + click.style("hint", fg="cyan", bold=True)
        + f": please report it with {Path(file.name)}, which holds the traceback"
    )
