"""Owns `tulle doctor`: its options, and how what was looked at is shown."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import Any

import click

from tulle.api.doctor import Check, DoctorRequest, Outcome, deploy_policy, examine
from tulle.cli.aws_options import aws_options, stage_option
from tulle.cli.project_options import folder_option

__all__ = ["command"]

_MARKS = {
    Outcome.OK: click.style("✓", fg="green", bold=True),
    Outcome.WARNING: click.style("!", fg="yellow", bold=True),
    Outcome.PROBLEM: click.style("✗", fg="red", bold=True),
}
_NAME = 13  # columns


@click.command("doctor")
@folder_option
@stage_option
@aws_options
@click.option(
    "--policy",
    "only_policy",
    is_flag=True,
    help="Print the IAM policy that whoever deploys the project needs, and nothing else.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the checks as one JSON object.")
def command(*, only_policy: bool, as_json: bool, **options: Any) -> None:
    """Look at all that a deployment needs, before it is needed; nothing is changed.

    The project and its model, packages that load on the target, the base image, AWS's credentials, the region,
    the account's limits, and your permissions. Leaves with 1 where something would keep a deployment from working.
    """
    request = DoctorRequest(**options)
    if only_policy:
        click.echo(json.dumps(deploy_policy(request), indent=2))
        return
    checks = []
    for check in examine(request, environ=os.environ):
        checks.append(check)
        if not as_json:
            click.echo("\n".join(_lines(check)))
    if as_json:
        content = {"schema": 1, "checks": [asdict(check) for check in checks]}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
    problems = sum(check.outcome is Outcome.PROBLEM for check in checks)
    if problems:
        count = "1 problem keeps" if problems == 1 else f"{problems} problems keep"
        click.echo(f"\n{count} a deployment from working", err=True)
        raise click.exceptions.Exit(1)


def _lines(check: Check) -> list[str]:
    indent = " " * (_NAME + 3)
    lines = [f"{_MARKS[check.outcome]} {check.name:<{_NAME}} {check.message}"]
    if check.detail:
        lines += ["", *(f"{indent}{line}" for line in check.detail.splitlines()), ""]
    if check.hint:
        lines.append(f"{indent}{click.style('hint', fg='cyan', bold=True)}: {check.hint}")
    return lines
