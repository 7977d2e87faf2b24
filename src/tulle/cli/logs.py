"""Owns `tulle logs`: its options, and how entries are shown as they come."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Unpack

import click

from tulle.api.logs import LogsRequest, logs
from tulle.cli.deployed_options import DeployedOptions, deployed_options, deployed_request
from tulle.cli.log_lines import log_lines
from tulle.cli.reporter import TerminalReporter
from tulle.cli.time_span import TimeSpan, span_text

if TYPE_CHECKING:
    from tulle.api.logs import Logged

__all__ = ["command"]

_INTERRUPTED = 130


class _Options(DeployedOptions):
    following: bool
    since: timedelta
    pattern: str | None
    as_json: bool


@click.command("logs")
@deployed_options
@click.option(
    "-f", "--follow", "following", is_flag=True, help="Go on with what comes, until Ctrl-C."
)
@click.option(
    "--since",
    type=TimeSpan(),
    default="10m",
    show_default=True,
    metavar="SPAN",
    help="How far back to begin: 30s, 10m, 2h, 1d.",
)
@click.option(
    "--filter",
    "pattern",
    metavar="PATTERN",
    help="Only entries with this in them, such as ERROR, in CloudWatch's own language of patterns.",
)
@click.option("--json", "as_json", is_flag=True, help="Print each entry as one JSON object a line.")
@click.pass_context
def command(context: click.Context, /, **options: Unpack[_Options]) -> None:
    """Show what the deployed function wrote to its log, in order.

    REPORT lines are made readable: how long it took, what is billed, the memory, and whether the start was cold.
    """
    request = LogsRequest(
        deployed=deployed_request(options),
        since=options["since"],
        following=options["following"],
        pattern=options["pattern"],
    )
    count = 0
    try:
        for logged in logs(request, now=datetime.now(UTC)):
            count += 1
            click.echo(_json(logged) if options["as_json"] else _text(logged))
    except KeyboardInterrupt:
        if not options["following"]:
            raise
        context.exit(_INTERRUPTED)
    if not count:
        back = span_text(options["since"])
        TerminalReporter().note(f"nothing in the last {back}; --since goes further back")


def _text(logged: Logged) -> str:
    return "\n".join(log_lines(logged.line, logged.at.astimezone()))


def _json(logged: Logged) -> str:
    report = logged.line.report
    content: dict[str, object] = {
        "time": logged.at.isoformat(timespec="milliseconds"),
        "stream": logged.stream,
        "kind": str(logged.line.kind),
        "request_id": logged.line.request_id,
        "message": logged.message.rstrip("\n"),
    }
    if report is not None:
        content |= {
            "duration_ms": report.duration_ms,
            "billed_ms": report.billed_ms,
            "memory_size_mb": report.memory_size_mb,
            "max_memory_used_mb": report.max_memory_used_mb,
            "init_ms": report.init_ms,
            "status": report.status,
            "error_type": report.error_type,
        }
    return json.dumps(content, ensure_ascii=False)
