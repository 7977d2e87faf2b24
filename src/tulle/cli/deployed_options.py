"""Owns the options that say which deployment is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypedDict, TypeVar

import click

from tulle.api.deployed import DeployedRequest
from tulle.cli.aws_options import aws_options, stage_option
from tulle.cli.project_options import folder_option

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["DeployedOptions", "deployed_options", "deployed_request"]

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class DeployedOptions(TypedDict):
    """What they say, checked by click."""

    folder: Path
    stage: str
    name: str | None
    profile: str | None
    region: str | None


def deployed_options(command: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Add --folder, --stage, --name, --profile and --region."""
    named = click.option(
        "--name",
        metavar="PROJECT",
        help="The project's name, where its folder is not at hand.  [default: as the folder says]",
    )
    return folder_option(stage_option(named(aws_options(command))))


def deployed_request(options: DeployedOptions) -> DeployedRequest:
    """Put them together."""
    return DeployedRequest(
        folder=options["folder"],
        stage=options["stage"],
        name=options["name"],
        profile=options["profile"],
        region=options["region"],
    )
