"""Owns `tulle destroy`: its options, and the question before anything goes."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Unpack

import click

from tulle.api.destroy import destroy, plan_destroy, show_removal
from tulle.cli.deployed_options import DeployedOptions, deployed_options, deployed_request
from tulle.cli.reporter import TerminalReporter

if TYPE_CHECKING:
    from tulle.api.destroy import PlannedRemoval

__all__ = ["command"]


class _Options(DeployedOptions):
    only_plan: bool
    yes: bool
    as_json: bool


@click.command("destroy")
@deployed_options
@click.option("--plan", "only_plan", is_flag=True, help="Show what would go, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what goes as one JSON object.")
def command(**options: Unpack[_Options]) -> None:
    """Take a deployment away: its stack, its logs, and the code that was published for it.

    Shows all that goes, and asks for the stage's name. What is not the project's own is left alone. Nothing
    is left that costs money; a removal that was interrupted is gone on with by running it again.
    """
    planned = plan_destroy(deployed_request(options))
    shown = "\n".join(show_removal(planned.removal))
    if options["only_plan"]:
        click.echo(_json(planned) if options["as_json"] else shown)
        return
    if not options["yes"]:
        click.echo(shown, err=True)
    reporter = TerminalReporter()
    if not options["yes"] and not _agreed(options["stage"]):
        reporter.warn("that is not the stage's name: nothing was removed")
        raise click.exceptions.Exit(1)
    try:
        destroy(planned, reporter=reporter)
    except KeyboardInterrupt:
        reporter.warn("AWS goes on with what has begun; `tulle destroy` once more removes the rest")
        raise
    names = planned.removal.names
    if options["as_json"]:
        click.echo(_json(planned))
    reporter.done(
        f"nothing is left of {names.project}, stage {names.stage}, and nothing of it costs money"
    )


def _agreed(stage: str) -> bool:
    try:
        typed = click.prompt(
            f"Type `{stage}` to remove all of this", default="", show_default=False, err=True
        )
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.UsageError("nobody is there to be asked: add --yes") from None
    return str(typed).strip() == stage


def _json(planned: PlannedRemoval) -> str:
    removal = planned.removal
    content = {
        "schema": 1,
        "project": removal.names.project,
        "stage": removal.names.stage,
        "account": planned.account,
        "region": removal.region,
        "stack": None if removal.stack is None else removal.stack.name,
        "resources": [
            {"name": each.name, "type": each.type, "physical_id": each.physical_id}
            for each in removal.resources
        ],
        "log_groups": [group.name for group in removal.log_groups],
        "repository": removal.code.repository,
        "images": len(removal.code.images),
        "zips": [stored.key for stored in removal.code.zips],
        "bucket": removal.code.bucket if removal.code.bucket_goes else None,
    }
    return json.dumps(content, ensure_ascii=False, indent=2)
