"""Owns `logs`: what a deployed function wrote to its log, and what it writes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tulle.api.deployed import DeployedRequest, open_deployed
from tulle.aws.logs import Logs
from tulle.deploy.deployment import find_any
from tulle.deploy.observed.log_line import Kind, LogLine, read_log_line
from tulle.deploy.observed.log_stream import follow
from tulle.errors import DeploymentNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["DeployedRequest", "Kind", "Logged", "LogsRequest", "logs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogsRequest:
    """What is to be read.

    Attributes:
        since: how far back to begin.
        following: whether to go on with what comes, without end.
        pattern: what must be in an entry, in CloudWatch's own language; None takes all.
    """

    deployed: DeployedRequest
    since: timedelta
    following: bool = False
    pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """An entry of the log.

    Attributes:
        at: when it was written.
        stream: by which execution environment.
        message: as it was written.
        line: what it is.
    """

    at: datetime
    stream: str
    message: str
    line: LogLine


def logs(
    request: LogsRequest, *, now: datetime, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Logged]:
    """Give a deployed function's log, in order.

    Raises:
        DeploymentNotFound: the stage is not deployed, or has no log.
        AwsError: AWS cannot be asked.
    """
    meant = open_deployed(request.deployed)
    group, source = meant.names.log_group, Logs(meant.session)
    since_ms = int((now - request.since).timestamp() * 1000)
    if request.following:
        events = follow(source, group, since_ms=since_ms, pattern=request.pattern, sleep=sleep)
    else:
        events = source.events(group, since_ms=since_ms, pattern=request.pattern)
    try:
        for event in events:
            yield Logged(
                at=datetime.fromtimestamp(event.at_ms / 1000, UTC),
                stream=event.stream,
                message=event.message,
                line=read_log_line(event.message),
            )
    except DeploymentNotFound:
        find_any(meant.session, meant.names)  # says more where the stage is not there
        raise
