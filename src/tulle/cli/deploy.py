"""Owns `tulle deploy`: its options, and how a plan and a deployment are shown."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from tulle.api.build import PackageType, read_project
from tulle.api.deploy import (
    DeployRequest,
    SmokeRequest,
    StackPlan,
    deploy,
    plan_deployment,
    show,
)
from tulle.cli.aws_options import aws_options, stage_option
from tulle.cli.deploy_table import deployed_json, deployed_lines, plan_json
from tulle.cli.project_options import for_the_project, project_options
from tulle.cli.reporter import TerminalReporter

__all__ = ["command"]


@click.command("deploy")
@project_options([PackageType.IMAGE, PackageType.ZIP])
@stage_option
@aws_options
@click.option(
    "--plan", "only_plan", is_flag=True, help="Show what would change, and change nothing."
)
@click.option(
    "--allow-replacement",
    is_flag=True,
    help="Go on without asking where callers or records lose something, such as the URL or the log.",
)
@click.option("--wait", is_flag=True, help="Wait for what others are doing to the stack.")
@click.option(
    "--continue-rollback",
    is_flag=True,
    help="Go on first with a rollback that failed, then deploy.",
)
@click.option(
    "--skip",
    multiple=True,
    metavar="RESOURCE",
    help="With --continue-rollback: leave this resource as it is.",
)
@click.option("--no-smoke-test", is_flag=True, help="Do not ask the live function about a picture.")
@click.option(
    "--smoke-picture",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="The picture that the live function is asked about.  [default: one of tulle's own]",
)
@click.option(
    "--smoke-event",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="The JSON that a handler of your own is invoked with instead.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def command(*, model: str | None, only_plan: bool, as_json: bool, **options: Any) -> None:
    """Deploy the project: publish it, bring up its stack on AWS, and try it out.

    MODEL and the options of the project are those of `tulle build`. The URL that takes pictures goes to stdout, on a
    line of its own; all else to stderr. Running it again without a change changes nothing. A stack
    that fails is put back; where the function does not answer as it should, callers reach the version before again.
    """
    request = _request(model, options)
    reporter = TerminalReporter()
    if only_plan:
        plan = plan_deployment(request, environ=os.environ, reporter=reporter)
        click.echo(plan_json(plan) if as_json else "\n".join(show(plan)))
        return
    agree = _ask if sys.stdin.isatty() and sys.stderr.isatty() else None
    deployed = deploy(request, environ=os.environ, reporter=reporter, agree=agree)
    for line in deployed_lines(deployed):
        click.echo(line, err=True)
    reporter.done(f"{deployed.stack} is live in version {deployed.version}")
    click.echo(deployed_json(deployed) if as_json else deployed.endpoint or deployed.alias_arn)


def _request(model: str | None, options: dict[str, Any]) -> DeployRequest:
    if options["skip"] and not options["continue_rollback"]:
        raise click.UsageError("--skip is for --continue-rollback")
    if options["no_smoke_test"] and (options["smoke_picture"] or options["smoke_event"]):
        raise click.UsageError(
            "--no-smoke-test leaves out what --smoke-picture and --smoke-event are for"
        )
    project = read_project(
        options["folder"], for_the_project(model, options), stage=options["stage"]
    )
    return DeployRequest(
        project=project,
        smoke_test=None
        if options["no_smoke_test"]
        else SmokeRequest(picture=options["smoke_picture"], event=options["smoke_event"]),
        **{
            name: options[name]
            for name in (
                "stage",
                "profile",
                "region",
                "allow_replacement",
                "wait",
                "continue_rollback",
                "skip",
            )
        },
    )


def _ask(plan: StackPlan) -> bool:
    for each in plan.consequences:
        click.echo(
            click.style("! ", fg="yellow", bold=True) + f"{each.resource}: {each.loss}", err=True
        )
    return click.confirm("Go on?", default=False, err=True)
