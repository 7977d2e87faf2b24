"""Owns `tulle invoke`: its options, and how an answer is shown."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Unpack

import click

from tulle.api.invoke import (
    Answered,
    invoke,
    invoke_here,
    invoke_over_url,
    read_payload,
    submit,
)
from tulle.cli.bars import score_lines
from tulle.cli.deployed_options import DeployedOptions, deployed_options, deployed_request
from tulle.cli.failure import describe
from tulle.cli.log_lines import log_lines
from tulle.cli.reporter import TerminalReporter
from tulle.emulator.surroundings import Surroundings
from tulle.project.file import read_project

if TYPE_CHECKING:
    from tulle.deploy.observed.report_line import ReportLine

__all__ = ["command"]


class _Options(DeployedOptions):
    local: bool
    through: str
    asynchronous: bool
    top: int | None
    log: bool
    as_json: bool


@click.command("invoke")
@click.argument("what", metavar="PICTURE|URL|EVENT")
@deployed_options
@click.option("--local", is_flag=True, help="Run the project's function on this machine, once.")
@click.option(
    "--through",
    type=click.Choice(["lambda", "url"]),
    default="lambda",
    show_default=True,
    help="Ask Lambda itself, or the URL, as callers do.",
)
@click.option("--async", "asynchronous", is_flag=True, help="Do not wait for the answer.")
@click.option(
    "--top", type=click.IntRange(min=1), help="Show the N highest scores.  [default: all]"
)
@click.option("--log", is_flag=True, help="Show the end of the invocation's log, on stderr.")
@click.option("--json", "as_json", is_flag=True, help="Print what came as one JSON object.")
def command(*, what: str, **options: Unpack[_Options]) -> None:
    """Ask the deployed function, or with --local the one on this machine.

    PICTURE|URL|EVENT is a picture's file, the http(s) address of one, a .json file with any event, JSON itself, or
    `-` for JSON on stdin. A prediction is shown as bars, any other result as JSON. Where the function fails, its
    error and traceback are shown, and the exit code tells.
    """
    _check(options)
    payload = read_payload(what, sys.stdin.buffer.read)
    if options["asynchronous"]:
        request_id = submit(deployed_request(options), payload)
        said = json.dumps({"schema": 1, "request_id": request_id}, indent=2)
        click.echo(said if options["as_json"] else request_id)
        TerminalReporter().done("it is queued; `tulle logs` shows what becomes of it")
        return
    answered = _ask(options, payload)
    if options["log"]:
        for line in answered.log:
            click.echo("\n".join(log_lines(line)), err=True)
    if options["as_json"]:
        click.echo(json.dumps(_jsonable(answered), ensure_ascii=False, indent=2))
        if answered.error is not None:
            click.echo(describe(answered.error), err=True)
            raise click.exceptions.Exit(answered.error.exit_code)
    if answered.error is not None:
        raise answered.error
    if not options["as_json"]:
        click.echo("\n".join(_lines(answered, what, options["top"])))


def _check(options: _Options) -> None:
    over_url = options["through"] == "url"
    if options["local"] and (over_url or options["asynchronous"]):
        raise click.UsageError(
            "--local asks the function itself, and waits: leave out --async and --through"
        )
    if options["asynchronous"] and over_url:
        raise click.UsageError("a URL always answers: leave out --through, or --async")
    if options["log"] and (over_url or options["asynchronous"]):
        raise click.UsageError("the log comes with the answer of Lambda alone: see `tulle logs`")


def _ask(options: _Options, payload: bytes) -> Answered:
    if options["local"]:
        surroundings = Surroundings(
            reporter=TerminalReporter(), now_s=time.time, environ=os.environ
        )
        project = read_project(options["folder"], stage=options["stage"])
        return invoke_here(project, payload, surroundings)
    request = deployed_request(options)
    if options["through"] == "url":
        return invoke_over_url(request, payload)
    return invoke(request, payload)


def _lines(answered: Answered, what: str, top: int | None) -> list[str]:
    prediction = answered.prediction
    if prediction is None:
        return [_pretty(answered.payload)]
    of = what if len(what) < 100 else f"{what[:99]}…"
    return score_lines(
        prediction.category, prediction.scores, of=of, remark=_remark(answered), top=top
    )


def _remark(answered: Answered) -> str:
    parts = [f"{answered.ms:.0f} ms from here"]
    report = _report(answered)
    if report is not None:
        parts.insert(0, f"{report.duration_ms:.1f} ms")
        if report.init_ms is not None:
            parts.insert(1, f"cold start {report.init_ms:.0f} ms")
    return ", ".join(parts)


def _report(answered: Answered) -> ReportLine | None:
    return next((line.report for line in answered.log if line.report is not None), None)


def _pretty(payload: bytes) -> str:
    """Lay JSON out; leave anything else as it is."""
    try:
        return json.dumps(json.loads(payload), ensure_ascii=False, indent=2)
    except ValueError:
        return payload.decode(errors="replace")


def _jsonable(answered: Answered) -> dict[str, object]:
    report = _report(answered)
    failure = answered.failure
    try:
        result: object = json.loads(answered.payload)
    except ValueError:
        result = answered.payload.decode(errors="replace")
    return {
        "schema": 1,
        "request_id": answered.request_id,
        "version": answered.version,
        "status": answered.status,
        "result": None if failure else result,
        "error": None
        if failure is None
        else {
            "type": failure.error_type,
            "message": failure.message,
            "trace": list(failure.trace),
        },
        "ms": round(answered.ms, 3),
        "duration_ms": None if report is None else report.duration_ms,
        "billed_ms": None if report is None else report.billed_ms,
        "init_ms": None if report is None else report.init_ms,
        "max_memory_used_mb": None if report is None else report.max_memory_used_mb,
        "log": [line.text for line in answered.log],
    }
