"""Owns the options that every command has which asks AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from tulle.deploy.names import DEFAULT_STAGE

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["aws_options", "stage_option"]

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def aws_options(command: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Add --profile and --region, which mean what they mean to the AWS CLI."""
    command = click.option(
        "--region", metavar="NAME", help="AWS's region.  [default: as the AWS CLI]"
    )(command)
    return click.option(
        "--profile",
        metavar="NAME",
        help="A profile of AWS's configuration.  [default: as the AWS CLI]",
    )(command)


def stage_option(command: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Add --stage, which names one deployment of a project beside others."""
    return click.option(
        "--stage",
        default=DEFAULT_STAGE,
        show_default=True,
        metavar="NAME",
        help="Which deployment of the project is meant: [stages.NAME] of tulle.toml goes before the rest.",
    )(command)
