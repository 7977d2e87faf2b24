"""Owns `tulle init`: its options, and what it says comes next."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from tulle.api.init import Ci, Initialised, InitRequest, add_workflow, init
from tulle.cli.reporter import TerminalReporter
from tulle.project.api import ApiType
from tulle.project.project import PackageType
from tulle.target import Architecture

__all__ = ["command"]

_FILE = "tulle.toml"


@click.command("init")
@click.argument("model", required=False)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    help="The project's folder.  [default: the current folder]",
)
@click.option("--labels", help="The model's labels, if it has none: a file, or a list: cat,dog.")
@click.option("--preprocessing", metavar="NAME", help="What the model was trained with.")
@click.option("--handler", metavar="MODULE.NAME", help="Serve a handler of your own, not a model.")
@click.option("--name", help="The function's name.  [default: after the model, or the folder]")
@click.option(
    "--type",
    "package",
    type=click.Choice([str(PackageType.IMAGE), str(PackageType.ZIP)]),
    default=str(PackageType.IMAGE),
    show_default=True,
    help="What the function is packed as.",
)
@click.option(
    "--api",
    type=click.Choice([str(kind) for kind in ApiType]),
    default=str(ApiType.HTTP),
    show_default=True,
    help="What stands before it: an HTTP API, a REST API, a function URL, or nothing.",
)
@click.option(
    "--architecture",
    type=click.Choice([str(name) for name in Architecture]),
    default=str(Architecture.X86_64),
    show_default=True,
    help="Lambda's processor.",
)
@click.option(
    "--ci",
    type=click.Choice([str(name) for name in Ci]),
    help="Write what deploys the project on every push, without stored keys.",
)
@click.option(
    "--stage", default="prod", show_default=True, metavar="NAME", help="With --ci: what it deploys."
)
@click.option("--json", "as_json", is_flag=True, help="Print the files' names as one JSON object.")
def command(*, ci: str | None, stage: str, as_json: bool, **options: Any) -> None:
    """Make a project of a folder: write tulle.toml, which the other commands read.

    MODEL is a .keras, .h5 or .tflite file, a SavedModel's folder, or `clothing`, the model that comes with tulle; it
    need not be named where only one lies in the folder. With --ci and a tulle.toml that is there, only what CI
    needs is written.
    """
    folder, reporter = options["folder"], TerminalReporter()
    files: tuple[Path, ...] = ()
    if ci is None or options["model"] or not (folder / _FILE).exists():
        files = init(InitRequest(**options), reporter).files
    workflow = add_workflow(folder, Ci(ci), stage=stage) if ci else None
    files += workflow.files if workflow else ()
    if as_json:
        click.echo(json.dumps({"schema": 1, "files": [str(path) for path in files]}, indent=2))
        return
    for path in files:
        click.echo(os.path.relpath(path))
    lines = _next_with_ci(workflow) if workflow else _next()
    click.echo("\n" + "\n".join(lines), err=True)


def _next() -> tuple[str, ...]:
    return (
        "Next:",
        "  tulle dev      try it on this machine, with a page",
        "  tulle deploy   make an endpoint of it on AWS",
    )


def _next_with_ci(workflow: Initialised) -> tuple[str, ...]:
    _, role = workflow.files
    stack = role.stem
    owner, _, name = (workflow.repository or "OWNER/NAME").partition("/")
    named = "" if workflow.repository else f" --parameter-overrides Owner={owner} Repository={name}"
    return (
        "Once, with your own AWS credentials, make the role that GitHub takes on:",
        f"  aws cloudformation deploy --stack-name {stack} --capabilities CAPABILITY_IAM \\",
        f"    --template-file {os.path.relpath(role)}{named}",
        "and tell the repository of it:",
        '  gh variable set AWS_ROLE_ARN --body "$(aws cloudformation describe-stacks \\',
        f'    --stack-name {stack} --query "Stacks[0].Outputs[0].OutputValue" --output text)"',
        '  gh variable set AWS_REGION --body "$(aws configure get region)"',
        "Then commit the files and push: every push to main deploys.",
    )
