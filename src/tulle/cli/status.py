"""Owns `tulle status`: its options, and how a deployment's state is shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from tulle.api.status import DeployedRequest, StatusRequest, status
from tulle.cli.aws_options import aws_options
from tulle.cli.project_options import folder_option
from tulle.cli.status_lines import status_json, status_lines
from tulle.cli.time_span import TimeSpan
from tulle.deploy.names import DEFAULT_STAGE

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["command"]


class _Options(TypedDict):
    """What the command line says, checked by click."""

    folder: Path
    stage: str | None
    name: str | None
    profile: str | None
    region: str | None
    span: timedelta
    drift: bool
    as_json: bool


@click.command("status")
@folder_option
@click.option("--stage", metavar="NAME", help="Which deployment of the project.  [default: all]")
@click.option(
    "--name",
    metavar="PROJECT",
    help="The project's name, where its folder is not at hand.  [default: as the folder says]",
)
@aws_options
@click.option(
    "--since",
    "span",
    type=TimeSpan(),
    default="1d",
    show_default=True,
    metavar="SPAN",
    help="How far back the figures go: 30m, 6h, 7d.",
)
@click.option("--drift", is_flag=True, help="Look for what was changed by hand; takes a while.")
@click.option("--json", "as_json", is_flag=True, help="Print the state as one JSON object.")
def command(**options: Unpack[_Options]) -> None:
    """Tell how the project's deployments are: what is live, where it comes from, and how it does."""
    deployed = DeployedRequest(
        folder=options["folder"],
        stage=DEFAULT_STAGE if options["stage"] is None else options["stage"],
        name=options["name"],
        profile=options["profile"],
        region=options["region"],
    )
    request = StatusRequest(
        deployed=deployed,
        all_stages=options["stage"] is None,
        span=options["span"],
        drift=options["drift"],
    )
    found = []
    for each in status(request, now=datetime.now(UTC)):
        found.append(each)
        if not options["as_json"]:
            click.echo("\n".join(status_lines(each, options["span"])) + "\n")
    if options["as_json"]:
        content = {"schema": 1, "deployments": [status_json(each) for each in found]}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
