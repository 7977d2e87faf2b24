"""Owns `Measured`: what a deployed function did within a time, from CloudWatch's counts and the function's log."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from statistics import fmean
from typing import TYPE_CHECKING

from tulle.aws.logs import Logs
from tulle.aws.metrics import Durations, Metrics
from tulle.deploy.observed.report_line import ReportLine, read_report
from tulle.errors import DeploymentNotFound

if TYPE_CHECKING:
    from datetime import datetime

    from tulle.aws.session import AwsSession

__all__ = ["Durations", "Measured", "Starts", "measure"]

MOST_REPORTS = 10_000
"""So many REPORT lines are read at most; a page of AWS's holds as many."""
# It is found in both log formats: `REPORT RequestId: …` and `"type":"platform.report"`.
_PATTERN = '?"REPORT RequestId" ?"platform.report"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Starts:
    """What the REPORT lines of a time say together.

    Args:
        reports: how many were read.
        cold: how many of them had to wait for a new execution environment.
        init_ms: how long such a start took, on average; None where there was none.
        billed_ms: what an invocation was billed, on average, the starts included.
        max_memory_used_mb: the most that one took.
        all_read: whether there were no more than were read.
    """

    reports: int
    cold: int
    init_ms: float | None
    billed_ms: float
    max_memory_used_mb: int
    memory_size_mb: int
    all_read: bool = True

    @property
    def cold_share(self) -> float:
        """The share of cold starts, 0 to 1."""
        return self.cold / self.reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a function did from one moment to another.

    Args:
        since, until: the moments, with a time zone.
        invocations: those that ran, failed ones included.
        errors: those that failed, by themselves or by Lambda's hand.
        throttles: those that were refused, and are not among the invocations.
        durations: milliseconds without the starts; None where nothing ran.
        starts: None where the log holds no REPORT line of that time.
    """

    since: datetime
    until: datetime
    invocations: int
    errors: int
    throttles: int
    durations: Durations | None
    starts: Starts | None


def measure(
    session: AwsSession, function: str, log_group: str, *, since: datetime, until: datetime
) -> Measured:
    """Ask CloudWatch and the log what a function did, all its versions together.

    Raises:
        AwsError: AWS cannot be asked. A function that nobody called, or whose log is not there, is no error.
    """
    counted = Metrics(session).function(function, since=since, until=until)
    return Measured(
        since=since,
        until=until,
        invocations=counted.invocations,
        errors=counted.errors,
        throttles=counted.throttles,
        durations=counted.durations,
        starts=_starts(session, log_group, since=since, until=until),
    )


def _starts(
    session: AwsSession, log_group: str, *, since: datetime, until: datetime
) -> Starts | None:
    events = Logs(session).events(
        log_group,
        since_ms=int(since.timestamp() * 1000),
        until_ms=int(until.timestamp() * 1000),
        pattern=_PATTERN,
    )
    read = (report for event in events if (report := read_report(event.message)))
    try:
        reports = list(islice(read, MOST_REPORTS + 1))
    except DeploymentNotFound:
        return None
    return _summed(reports[:MOST_REPORTS], all_read=len(reports) <= MOST_REPORTS)


def _summed(reports: list[ReportLine], *, all_read: bool) -> Starts | None:
    if not reports:
        return None
    inits = [report.init_ms for report in reports if report.init_ms is not None]
    return Starts(
        reports=len(reports),
        cold=len(inits),
        init_ms=fmean(inits) if inits else None,
        billed_ms=fmean(report.billed_ms for report in reports),
        max_memory_used_mb=max(report.max_memory_used_mb for report in reports),
        memory_size_mb=max(report.memory_size_mb for report in reports),
        all_read=all_read,
    )
