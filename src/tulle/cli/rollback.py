"""Owns `tulle rollback`: its options, and the question before what callers reach changes."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Unpack

import click

from tulle.api.rollback import find_rollback, rollback, show_rollback
from tulle.cli.deployed_options import DeployedOptions, deployed_options, deployed_request
from tulle.cli.reporter import TerminalReporter

if TYPE_CHECKING:
    from tulle.api.rollback import RollbackPlan

__all__ = ["command"]


class _Options(DeployedOptions):
    to: str | None
    yes: bool
    as_json: bool


@click.command("rollback")
@deployed_options
@click.option(
    "--to",
    metavar="VERSION",
    help="A version's number, as `tulle status` lists them.  [default: the one before the live one]",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what is live then as one JSON object.")
def command(**options: Unpack[_Options]) -> None:
    """Let callers reach an earlier version again, at once and without building anything.

    Shows which version, model and revision are live now and then, and asks. The next deployment moves on from there.
    """
    reporter = TerminalReporter()
    planned = find_rollback(deployed_request(options), to=options["to"])
    plan = planned.plan
    if not plan.is_needed:
        reporter.done(f"version {plan.live.version} is live already: nothing to change")
    else:
        click.echo("\n".join(show_rollback(plan)), err=True)
        if planned.warning:
            reporter.warn(planned.warning)
        if not options["yes"] and not _agreed():
            reporter.warn("nothing was changed")
            raise click.exceptions.Exit(1)
        rollback(planned)
        reporter.done(
            f"version {plan.target.version} is live; the next `tulle deploy` moves on, "
            f"and `tulle rollback --to {plan.live.version}` undoes this"
        )
    if options["as_json"]:
        click.echo(_json(plan, planned.stage))


def _agreed() -> bool:
    try:
        return click.confirm("Go back?", err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.UsageError("nobody is there to be asked: add --yes") from None


def _json(plan: RollbackPlan, stage: str) -> str:
    content = {
        "schema": 1,
        "function": plan.function,
        "stage": stage,
        "before": plan.live.version,
        "version": plan.target.version,
        "changed": plan.is_needed,
    }
    return json.dumps(content, indent=2)
