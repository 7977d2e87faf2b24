"""Owns `tulle tune`: its options, its story, and its result as JSON."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from tulle.api.tune import (
    Calls,
    Plan,
    Strategy,
    TuneRequest,
    plan_deployed,
    read_project,
    tune_deployed,
    tune_here,
    write_html_report,
    write_memory,
)
from tulle.cli.aws_options import aws_options
from tulle.cli.project_options import folder_option
from tulle.cli.reporter import TerminalReporter
from tulle.cli.tune_table import describe_plan, render
from tulle.emulator.surroundings import Surroundings
from tulle.errors import RegionMissing, UsageError

if TYPE_CHECKING:
    from tulle.api.tune import MemoryChange, Tuning

__all__ = ["command"]

_SIZES = (128, 10_240)


class _Options(TypedDict):
    """What the command line says, checked by click."""

    model: str | None
    folder: Path
    strategy: str
    weight: float
    memory: tuple[int, ...] | None
    pictures: Path | None
    event: Path | None
    calls: int | None
    cold_starts: int | None
    stage: str | None
    yes: bool
    apply: bool
    html: Path | None
    as_json: bool
    profile: str | None
    region: str | None


def _sizes(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> tuple[int, ...] | None:
    if text is None:
        return None
    low, high = _SIZES
    try:
        sizes = sorted({int(part) for part in text.split(",")})
    except ValueError:
        raise click.BadParameter(f"'{text}' is no list of sizes in MB, such as 512,1024") from None
    if sizes[0] < low or sizes[-1] > high:
        raise click.BadParameter(f"Lambda has sizes from {low} to {high} MB")
    return tuple(sizes)


@click.command("tune")
@click.argument("model", required=False)
@folder_option
@click.option(
    "--strategy",
    type=click.Choice([str(each) for each in Strategy]),
    default=str(Strategy.BALANCED),
    show_default=True,
    help="What the size shall be best in.",
)
@click.option(
    "--weight",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="How much the cost counts in the balance, and time the rest.",
)
@click.option(
    "--memory",
    callback=_sizes,
    metavar="MB,MB,...",
    help="The sizes to try.  [default: nine from 128 to 3008, and the function's own]",
)
@click.option(
    "--pictures",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Pictures to send.  [default: tulle's samples]",
)
@click.option(
    "--event",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="An event to send in their place, as JSON: for a handler of your own.",
)
@click.option(
    "--calls", type=click.IntRange(min=5), help="Warm calls.  [default: 30; with --stage 20 a size]"
)
@click.option(
    "--cold-starts",
    type=click.IntRange(min=1),
    help="Cold starts.  [default: 5; with --stage 3 a size]",
)
@click.option("--stage", metavar="NAME", help="Measure a deployed stage on AWS, and not here.")
@click.option("--yes", is_flag=True, help="Do not ask before trials on AWS.")
@click.option("--apply", is_flag=True, help="Write the recommended size into the project's file.")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write a report to look at: one file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
@aws_options
def command(**options: Unpack[_Options]) -> None:
    """Find the memory size that suits the function: the cheapest, the fastest, or the best balance.

    Lambda gives processor time in proportion to memory. The function runs on this machine, and what it would do
    at each size is predicted; with --stage, versions of the deployed function are measured on AWS.

    MODEL is a .tflite, .keras or .h5 file, a SavedModel's folder or a built-in model's name, in place of
    what tulle.toml names.
    """
    html, reporter = options["html"], TerminalReporter()
    if html is not None and not html.absolute().parent.is_dir():
        raise UsageError(
            f"there is no folder {html.parent} to write {html.name} to", hint="make it first"
        )
    if options["event"] is not None and options["pictures"] is not None:
        raise click.UsageError("give --pictures or --event, not both")
    if options["apply"] and options["model"] is not None:
        raise click.UsageError("--apply is for the project's own function: leave out MODEL")
    request = _request(options)
    tuning = _tune(request, options, reporter)
    if not options["as_json"]:
        width = shutil.get_terminal_size((100, 24)).columns
        click.echo(render(tuning, width=width))
    for text in tuning.assumptions:
        reporter.note(text)
    change = _apply(request, tuning, options, reporter) if options["apply"] else None
    if options["as_json"]:
        click.echo(_json(tuning, change))
    if html is not None:
        _write(tuning, html, reporter)


def _request(options: _Options) -> TuneRequest:
    given: dict[str, dict[str, object]] = {}
    model = options["model"]
    if model is not None:
        path = str(Path(model).absolute()) if Path(model).exists() else model
        given = {"model": {"path": path}, "function": {"handler": None}}
    return TuneRequest(
        project=read_project(options["folder"], given, stage=options["stage"]),
        sizes=options["memory"],
        strategy=Strategy(options["strategy"]),
        weight=options["weight"],
        pictures=options["pictures"],
        event=options["event"],
        region=_region(options),
    )


def _region(options: _Options) -> str | None:
    """Find the region as the AWS CLI does; None where it is nowhere named."""
    from tulle.aws.session import open_session  # noqa: PLC0415 (boto3 is heavy)

    if options["region"] is not None:
        return options["region"]
    try:
        return open_session(profile=options["profile"]).region
    except RegionMissing:
        return None


def _tune(request: TuneRequest, options: _Options, reporter: TerminalReporter) -> Tuning:
    if options["stage"] is not None:
        return _tune_deployed(request, options["stage"], options, reporter)
    plan = Plan(cold_starts=options["cold_starts"] or 5, calls=options["calls"] or 30)
    surroundings = Surroundings(reporter=reporter, now_s=time.time, environ=os.environ)
    return tune_here(request, plan, surroundings)


def _tune_deployed(
    request: TuneRequest, stage: str, options: _Options, reporter: TerminalReporter
) -> Tuning:
    from tulle.aws.session import open_session  # noqa: PLC0415 (boto3 is heavy)

    session = open_session(profile=options["profile"], region=options["region"])
    calls = Calls(at_once=options["cold_starts"] or 3, in_turn=options["calls"] or 20)
    plan = plan_deployed(request, calls, session, stage=stage, reporter=reporter)
    for line in describe_plan(plan):
        reporter.note(line)
    if not options["yes"]:
        _ask()
    return tune_deployed(request, plan, session, reporter)


def _ask() -> None:
    if not sys.stdin.isatty():
        raise UsageError(
            "nobody is there to be asked whether to go on",
            hint="add --yes if this is what you want",
        )
    click.confirm("Go on?", abort=True, err=True)


def _apply(
    request: TuneRequest, tuning: Tuning, options: _Options, reporter: TerminalReporter
) -> MemoryChange:
    memory_mb = tuning.recommendation.memory_mb
    change = write_memory(request.project.folder, memory_mb, stage=options["stage"])
    if change.before == change.after:
        reporter.done(f"{change.path.name} has {change.key} = {change.after} already")
    else:
        before = "" if change.before is None else f", in place of {change.before}"
        reporter.done(f"{change.path.name}: {change.key} = {change.after}{before}")
        reporter.note("`tulle deploy` makes it so on AWS")
    return change


def _write(tuning: Tuning, html: Path, reporter: TerminalReporter) -> None:
    try:
        write_html_report(tuning, html)
    except OSError as exc:
        raise UsageError(
            f"the report cannot be written to {html} ({(exc.strerror or str(exc)).lower()})",
            hint="name another place with --html",
        ) from exc
    reporter.note(f"report: {html}")


def _json(tuning: Tuning, change: MemoryChange | None) -> str:
    recommendation = tuning.recommendation
    content = {
        "schema": 1,
        "function": tuning.name,
        "origin": tuning.origin,
        "strategy": recommendation.strategy,
        "weight": recommendation.weight,
        "recommended_mb": recommendation.memory_mb,
        "best_mb": recommendation.best,
        "current_mb": tuning.current_mb,
        "architecture": recommendation.architecture,
        "region": recommendation.region,
        "rates_date": recommendation.rates_date,
        "trials": [
            {
                **asdict(option.trial),
                "million_usd": {name: float(usd) for name, usd in option.million_usd.items()},
            }
            for option in recommendation.options
        ],
        "assumptions": tuning.assumptions,
        "spent_usd": None if tuning.spent_usd is None else float(tuning.spent_usd),
        "applied": None
        if change is None
        else {
            "path": str(change.path),
            "key": change.key,
            "before": change.before,
            "after": change.after,
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=2)
