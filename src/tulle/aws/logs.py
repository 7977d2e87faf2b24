"""Owns `Logs`: CloudWatch Logs, as far as tulle asks it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from tulle.aws.failure import code_of, translated
from tulle.errors import DeploymentNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_logs.type_defs import FilterLogEventsRequestPaginateTypeDef

    from tulle.aws.session import AwsSession

__all__ = ["LogEvent", "LogGroup", "Logs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """What a function, or Lambda about it, wrote to the log.

    Args:
        id: no other event of the group has it.
        at_ms: when it was written, in Unix milliseconds.
        stream: where it was written: one for each execution environment.
        message: a line, or several that belong together.
    """

    id: str
    at_ms: int
    stream: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogGroup:
    """A group of logs, as it is stored.

    Args:
        retention_days: how long events are kept; None is for ever.
    """

    name: str
    stored_bytes: int
    retention_days: int | None


class Logs:
    """Asks CloudWatch Logs about groups by name."""

    def __init__(self, session: AwsSession) -> None:
        self._region = session.region
        self._client = session.logs()

    def events(
        self, group: str, *, since_ms: int, until_ms: int | None = None, pattern: str | None = None
    ) -> Iterator[LogEvent]:
        """Give a group's events of a time, page by page as they are asked for, in the order in which AWS has them.

        Args:
            group: its name.
            since_ms: the first millisecond.
            until_ms: the last; None is now.
            pattern: what must be in an event, in CloudWatch's own language; None takes all.

        Raises:
            DeploymentNotFound: there is no such group.
        """
        asked: FilterLogEventsRequestPaginateTypeDef = {
            "logGroupName": group,
            "startTime": since_ms,
            "interleaved": True,  # AWS always does; others want to be told
        }
        if until_ms is not None:
            asked["endTime"] = until_ms
        if pattern is not None:
            asked["filterPattern"] = pattern
        pages = iter(self._client.get_paginator("filter_log_events").paginate(**asked))
        while True:
            with self._asking(group):
                page = next(pages, None)
            if page is None:
                return
            for said in page["events"]:
                yield LogEvent(
                    id=said["eventId"],
                    at_ms=said["timestamp"],
                    stream=said["logStreamName"],
                    message=said["message"],
                )

    def groups(self, prefix: str) -> tuple[LogGroup, ...]:
        """List the groups whose names begin with a text."""
        with translated("logs"):
            pages = self._client.get_paginator("describe_log_groups").paginate(
                logGroupNamePrefix=prefix
            )
            return tuple(
                LogGroup(
                    name=said["logGroupName"],
                    stored_bytes=said.get("storedBytes", 0),
                    retention_days=said.get("retentionInDays"),
                )
                for page in pages
                for said in page["logGroups"]
            )

    def delete_group(self, group: str) -> None:
        """Delete a group with all its events, if it is still there."""
        with translated("logs"):
            try:
                self._client.delete_log_group(logGroupName=group)
            except boto.ClientError as exc:
                if code_of(exc) != "ResourceNotFoundException":
                    raise

    @contextmanager
    def _asking(self, group: str) -> Iterator[None]:
        with translated("logs"):
            try:
                yield
            except boto.ClientError as exc:
                if code_of(exc) != "ResourceNotFoundException":
                    raise
                raise DeploymentNotFound(
                    f"there is no log group {group} in {self._region}",
                    hint="`tulle status` lists what is deployed; is it the right --region?",
                ) from exc
