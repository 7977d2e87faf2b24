"""Owns the `tulle dev` command."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click
from click.core import ParameterSource

from tulle.api.dev import FunctionSettings, dev, project_source
from tulle.cli.aws_options import stage_option
from tulle.cli.dev_artifact import find_artifact, is_artifact
from tulle.cli.dev_greeting import greet, open_in_browser
from tulle.cli.event_options import event_options, read_event_settings
from tulle.cli.function_log import FunctionLog
from tulle.cli.gateway_options import api_keys, gateway_options
from tulle.cli.reporter import TerminalReporter
from tulle.emulator.function import Client
from tulle.emulator.server import ServerOptions
from tulle.emulator.surroundings import Surroundings
from tulle.project.api import ApiType
from tulle.project.file import read_project

if TYPE_CHECKING:
    from tulle.api.local_function import FunctionSource
    from tulle.emulator.server import LocalLambda
    from tulle.project.project import Project

__all__ = ["command"]

_INTERRUPTED = 130


class _Options(TypedDict):
    """What the command line says, checked by click."""

    model: str | None
    handler: str | None
    folder: Path
    stage: str
    host: str
    port: int
    api: str | None
    routes: tuple[str, ...]
    cors_origins: tuple[str, ...]
    memory_mb: int | None
    timeout_s: int | None
    concurrency: int
    event_retries: int | None
    event_max_age_s: int | None
    event_retry_wait_s: float
    dead_letter_file: Path | None
    environment: tuple[tuple[str, str], ...]
    client: str
    allow_private_addresses: bool
    reload: bool
    console: bool
    open_page: bool


def _variables(
    _context: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    pairs = [text.partition("=") for text in texts]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise click.BadParameter(f"'{name}' is not of the form NAME=VALUE")
    return tuple((name, value) for name, _, value in pairs)


@click.command(name="dev")
@click.argument("model", required=False)
@click.option(
    "--handler",
    metavar="MODULE.NAME",
    help="Run a handler of your own, not a model; with an image, its command.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The project's folder: where tulle.toml and the handler's module are.  "
    "[default: the current folder]",
)
@stage_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes any free one.",
)
@gateway_options
@click.option(
    "--memory-mb",
    type=click.IntRange(128, 10240),
    help="The function's memory size: what holds more is ended, as on Lambda.  "
    "[default: as tulle.toml says, or 1024]",
)
@click.option(
    "--timeout-s",
    type=click.IntRange(1, 900),
    help="The function's time limit.  [default: as tulle.toml says, or 30]",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    help="How many invocations may run at once, each in a process of its own; more get 429.",
)
@event_options
@click.option(
    "--env",
    "environment",
    multiple=True,
    callback=_variables,
    metavar="NAME=VALUE",
    help="A variable of the function; it sees none of your shell's. May be repeated.",
)
@click.option(
    "--client",
    type=click.Choice(["awslambdaric", "bootstrap"]),
    default="awslambdaric",
    show_default=True,
    help="What speaks to Lambda in the function's process: AWS's own client or tulle's.",
)
@click.option(
    "--allow-private-addresses/--no-allow-private-addresses",
    default=True,
    show_default=True,
    help="Whether a model's pictures may come from this machine and its network.",
)
@click.option("--reload/--no-reload", default=True, show_default=True, help="Run changed code.")
@click.option(
    "--console/--no-console",
    default=True,
    show_default=True,
    help="Whether to serve a page on which to try the function.",
)
@click.option("--open", "open_page", is_flag=True, help="Open that page in the browser.")
@click.pass_context
def command(context: click.Context, /, **options: Unpack[_Options]) -> None:
    """Run the function in a local Lambda, with a gateway before it.

    MODEL is a .tflite, .keras or .h5 file, a SavedModel's folder, a built-in model's name, or what
    `tulle build` made: a zip, or an image's folder (any OCI image layout). Without it, and without a
    handler, tulle.toml names what runs, or the built-in clothing model does. The URL is printed to stdout
    as soon as requests can come, and the function's log to stderr; a browser that opens it gets a page on
    which to try the function. Ctrl-C ends everything.
    """
    if options["open_page"] and not options["console"]:
        raise click.UsageError("--open opens the console: leave out --no-console")
    reporter = TerminalReporter()
    project = _project(context, options)
    if project.api.authorizer is not None or project.api.jwt is not None:
        reporter.note("who may call is asked on AWS alone: here every request is let in")

    def on_ready(running: LocalLambda, page: str | None) -> None:
        greet(running, page, reporter)
        if page is not None and options["open_page"]:
            open_in_browser(page, reporter)

    signal_got = dev(
        _source(context, options, project),
        FunctionSettings(
            memory_mb=project.function.memory_mb,
            timeout_s=project.function.timeout_s,
            concurrency=options["concurrency"],
            environment=(*project.function.environment, *options["environment"]),
            client=Client(options["client"]),
        ),
        ServerOptions(
            host=options["host"],
            port=options["port"],
            api=project.api,
            reload=options["reload"],
            events=read_event_settings(
                options["event_retries"],
                options["event_max_age_s"],
                retry_wait_s=options["event_retry_wait_s"],
                dead_letter_file=options["dead_letter_file"],
            ),
        ),
        surroundings=Surroundings(
            reporter=reporter,
            now_s=time.time,
            environ=os.environ,
            tell=FunctionLog(sys.stderr, color=context.color).hear,
        ),
        on_ready=on_ready,
        with_console=options["console"],
    )
    if signal_got is signal.SIGINT:
        context.exit(_INTERRUPTED)


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is not ParameterSource.DEFAULT


def _project(context: click.Context, options: _Options) -> Project:
    """Read the project's file, with the options going before it."""
    model, handler = options["model"], options["handler"]
    if model is not None and handler is not None and not is_artifact(model):
        raise click.UsageError("give a MODEL or a --handler, not both")
    function: dict[str, object] = {
        key: value
        for key in ("handler", "memory_mb", "timeout_s")
        if (value := options[key]) is not None
    }
    if model is not None:
        function["handler"] = handler  # not the file's
    given: dict[str, dict[str, object]] = {
        "function": function,
        "api": api_keys(options["api"], options["routes"], options["cors_origins"]),
    }
    if model is not None:
        given["model"] = {"path": model}
    default = None if _is_given(context, "folder") else "clothing"
    project = read_project(options["folder"], given, stage=options["stage"], default_model=default)
    if options["routes"] and project.api.type is ApiType.URL:
        raise click.UsageError("a function URL has no routes: leave out --route")
    return project


def _source(context: click.Context, options: _Options, project: Project) -> FunctionSource:
    model, handler = options["model"], project.function.handler
    if model is not None and is_artifact(model):
        if _is_given(context, "client"):
            brings = (
                "a zip brings its client or takes AWS's"
                if model.endswith(".zip")
                else "an image brings its client"
            )
            raise click.UsageError(f"{brings}: leave out --client")
        return find_artifact(model, handler)
    private = options["allow_private_addresses"]
    return project_source(project, handler, allow_private_addresses=private)
