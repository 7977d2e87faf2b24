"""Owns `tulle cost`: its options, and where the durations come from."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click
from click.core import ParameterSource

from tulle.api.cost import (
    OBSERVED_DAYS,
    Behaviour,
    CostRequest,
    Origin,
    cost,
    find_rates,
    observe_here,
    observe_on_aws,
)
from tulle.aws.session import open_session
from tulle.cli.aws_options import aws_options
from tulle.cli.cost_json import cost_json, rates_json
from tulle.cli.cost_table import cost_lines, rates_lines
from tulle.cli.project_options import folder_option
from tulle.cli.reporter import TerminalReporter
from tulle.emulator.surroundings import Surroundings
from tulle.errors import RegionMissing, UsageError
from tulle.project.api import ApiType
from tulle.project.file import read_project
from tulle.project.project import PackageType
from tulle.target import Architecture

if TYPE_CHECKING:
    from tulle.project.project import Project

__all__ = ["command"]

_KB = 1024
_MB = 1024 * 1024
_DEFAULT_REGION = "us-east-1"


class _Options(TypedDict):
    """What the command line says, checked by click."""

    model: str | None
    folder: Path
    requests: int | None
    duration_ms: float | None
    init_ms: float | None
    cold_share: float | None
    measure: bool
    pictures: Path | None
    event: Path | None
    stage: str | None
    memory_mb: int | None
    architecture: str | None
    api: str | None
    kind: str | None
    package_mb: float | None
    request_kb: float
    response_kb: float | None
    log_bytes: int | None
    ephemeral_mb: int
    provisioned: int
    profile: str | None
    region: str | None
    rates: bool
    as_json: bool


@click.command("cost")
@click.argument("model", required=False)
@folder_option
@click.option(
    "--requests",
    type=click.IntRange(min=0),
    help="How many come in a month.  [default: 1,000,000, or with --stage as many as do come]",
)
@click.option(
    "--duration-ms",
    type=click.FloatRange(min=0, max=900_000),
    help="How long one takes on Lambda, at the memory size in question.",
)
@click.option(
    "--init-ms",
    type=click.FloatRange(min=0, max=900_000),
    help="How much longer it takes where it meets a cold start.",
)
@click.option(
    "--cold-share",
    type=click.FloatRange(min=0, max=1),
    help="Which part of the requests meet a cold start.  [default: 0.01, or with --stage as seen]",
)
@click.option(
    "--measure",
    is_flag=True,
    help="Run the function here to find its durations.  [default: where nothing says them]",
)
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with pictures to measure with.  [default: tulle's samples]",
)
@click.option(
    "--event",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with the event to measure with, as JSON.",
)
@click.option(
    "--stage",
    metavar="NAME",
    help="A deployment: price what it has, by what AWS saw of it in the last "
    f"{OBSERVED_DAYS} days, unless --measure or --duration-ms says otherwise.",
)
@click.option(
    "--memory-mb",
    type=click.IntRange(128, 10240),
    help="The memory size.  [default: as tulle.toml says, or 1024]",
)
@click.option(
    "--architecture",
    type=click.Choice(tuple(map(str, Architecture))),
    help="The processor.  [default: as tulle.toml says, or x86_64]",
)
@click.option(
    "--api",
    type=click.Choice(tuple(map(str, ApiType))),
    help="What stands before the function.  [default: as tulle.toml says, or http]",
)
@click.option(
    "--type",
    "kind",
    type=click.Choice((str(PackageType.IMAGE), str(PackageType.ZIP))),
    help="What it is packed as.  [default: as tulle.toml says, or image]",
)
@click.option(
    "--package-mb",
    type=click.FloatRange(min=0),
    help="How much of that is kept.  [default: what `tulle build` made]",
)
@click.option(
    "--request-kb",
    type=click.FloatRange(min=0),
    default=0,
    help="The size of a request: an HTTP API counts one for each 512 KB.  [default: small]",
)
@click.option(
    "--response-kb", type=click.FloatRange(min=0), help="The size of an answer with its headers."
)
@click.option(
    "--log-bytes", type=click.IntRange(min=0), help="What a request adds to the function's log."
)
@click.option(
    "--ephemeral-mb",
    type=click.IntRange(512, 10240),
    default=512,
    show_default=True,
    help="The size of /tmp.",
)
@click.option(
    "--provisioned",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="How many environments are kept ready all month (provisioned concurrency).",
)
@aws_options
@click.option(
    "--rates", is_flag=True, help="Show AWS's prices with their sources, and nothing else."
)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
@click.pass_context
def command(context: click.Context, /, **options: Unpack[_Options]) -> None:
    """Tell what a month of the function costs on AWS, and what would change that.

    MODEL is a model as for `tulle build`; without it tulle.toml says what is deployed. How long a request
    takes is measured on this machine, unless --duration-ms says it or --stage asks AWS. USD without tax.
    """
    if options["rates"]:
        rates = find_rates(_region(options))
        click.echo(rates_json(rates) if options["as_json"] else "\n".join(rates_lines(rates)))
        return
    _refuse_contradictions(options)
    project = _project(context, options)
    known = cost(_request(project, _region(options), options), _behaviour(project, options))
    if known.problem is not None:
        TerminalReporter().warn(known.problem)
    click.echo(cost_json(known) if options["as_json"] else "\n".join(cost_lines(known)))


def _refuse_contradictions(options: _Options) -> None:
    is_run_elsewhere = options["stage"] is not None and not options["measure"]
    if options["duration_ms"] is not None and options["measure"]:
        raise click.UsageError("--duration-ms says what --measure would find out: leave out one")
    if (options["pictures"] or options["event"]) and (
        options["duration_ms"] is not None or is_run_elsewhere
    ):
        raise click.UsageError("nothing is run here: leave out --pictures and --event")


def _region(options: _Options) -> str:
    """Find the region as the AWS CLI does; without one it is AWS's first."""
    if options["region"] is not None:
        return options["region"]
    try:
        return open_session(profile=options["profile"]).region
    except RegionMissing:
        return _DEFAULT_REGION


def _project(context: click.Context, options: _Options) -> Project:
    """Read the project's file, with the options going before it."""
    said: dict[str, dict[str, object]] = {
        "function": {"memory_mb": options["memory_mb"], "architecture": options["architecture"]},
        "api": {"type": options["api"]},
        "package": {"type": options["kind"]},
    }
    given: dict[str, dict[str, object]] = {
        section: {key: value for key, value in values.items() if value is not None}
        for section, values in said.items()
    }
    model = options["model"]
    if model is not None:
        given["model"] = {"path": str(Path(model).absolute()) if Path(model).exists() else model}
        given["function"]["handler"] = None  # not the file's
    is_here = context.get_parameter_source("folder") is ParameterSource.DEFAULT
    return read_project(
        options["folder"],
        given,
        stage=options["stage"],
        default_model="clothing" if is_here else None,
    )


def _request(project: Project, region: str, options: _Options) -> CostRequest:
    response_kb, package_mb = options["response_kb"], options["package_mb"]
    return CostRequest(
        project=project,
        region=region,
        requests=options["requests"],
        request_bytes=int(options["request_kb"] * _KB),
        response_bytes=None if response_kb is None else int(response_kb * _KB),
        log_bytes=options["log_bytes"],
        package_bytes=None if package_mb is None else int(package_mb * _MB),
        ephemeral_mb=options["ephemeral_mb"],
        provisioned=options["provisioned"],
    )


def _behaviour(project: Project, options: _Options) -> Behaviour:
    """Find out how the function behaves; what the command line says goes before what is seen."""
    duration_ms = options["duration_ms"]
    if duration_ms is not None:
        seen = Behaviour(origin=Origin.GIVEN, duration_ms=duration_ms)
    elif options["stage"] is not None and not options["measure"]:
        session = open_session(profile=options["profile"], region=options["region"])
        seen = observe_on_aws(project, session, stage=options["stage"], until=datetime.now(UTC))
    else:
        seen = _run_here(project, options)
    return seen.corrected(init_ms=options["init_ms"], cold_share=options["cold_share"])


def _run_here(project: Project, options: _Options) -> Behaviour:
    pictures, event = options["pictures"], options["event"]
    if project.function.handler is not None and pictures is None and event is None:
        raise UsageError(
            "it is not known how long a request to a handler of your own takes",
            hint="say it: --duration-ms 120; or have it run here: --event event.json, with what it is sent",
        )
    surroundings = Surroundings(reporter=TerminalReporter(), now_s=time.time, environ=os.environ)
    return observe_here(project, surroundings, pictures=pictures, event=event)
