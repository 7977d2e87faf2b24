"""Owns trying one published version: calls at once for cold starts, then one after the other."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.deploy.live.answer import read_failure
from tulle.deploy.observed.report_line import read_report
from tulle.errors import AwsThrottled, MeasurementFailed
from tulle.tuning.events import trouble_in
from tulle.tuning.prediction import too_small
from tulle.tuning.trial import Trial, trimmed_timing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tulle.aws.functions import Invoked
    from tulle.deploy.observed.report_line import ReportLine

__all__ = ["Calls", "VersionTrial", "try_version"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """How a version is called.

    Args:
        at_once: how many calls come first, all at once, so that each meets a cold start.
        in_turn: how many come after them, one after the other.
    """

    at_once: int = 3
    in_turn: int = 20

    @property
    def count(self) -> int:
        """All of them."""
        return self.at_once + self.in_turn


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTrial:
    """A trial, and what Lambda billed for it: milliseconds of all its calls, and how many there were."""

    trial: Trial
    billed_ms: float
    calls: int


def try_version(
    invoke: Callable[[bytes], Invoked], payloads: Sequence[bytes], calls: Calls, *, memory_mb: int
) -> VersionTrial:
    """Call a version that is new, and sum up what Lambda reports.

    A size at which Lambda ends the function, for it is out of memory or of time, cannot be taken.

    Raises:
        MeasurementFailed: the function's own code fails, or nothing is reported.
        AwsError: AWS refuses.
    """
    turn = itertools.cycle(payloads)
    reports: list[ReportLine] = []
    problem = None
    first = _at_once(invoke, [next(turn) for _ in range(calls.at_once)])
    rest = (invoke(next(turn)) for _ in range(calls.in_turn))
    for invoked in itertools.chain(first, rest):
        problem = _why_ended(invoked)
        reports.append(_report(invoked))
        if problem:
            break
    trial = _sum_up(reports, memory_mb, problem)
    return VersionTrial(
        trial=trial, billed_ms=sum(report.billed_ms for report in reports), calls=len(reports)
    )


def _at_once(invoke: Callable[[bytes], Invoked], payloads: Sequence[bytes]) -> list[Invoked]:
    """Call with all payloads at once; where there is no room for all, with as many as there is room for."""
    invoked: list[Invoked] = []
    with ThreadPoolExecutor(max_workers=len(payloads)) as threads:
        futures = [threads.submit(invoke, payload) for payload in payloads]
        for future in futures:
            with suppress(AwsThrottled):
                invoked.append(future.result())
    return invoked


def _why_ended(invoked: Invoked) -> str | None:
    """Say why Lambda ended the function; a failure of the function's own code ends the tuning."""
    if not invoked.failed:
        if trouble := trouble_in(invoked.payload):
            raise _failed(invoked, trouble)
        return None
    failure = read_failure(invoked.payload)
    if failure.error_type == "Sandbox.Timedout" or "timed out after" in failure.message:
        return "too slow: a call ran into the time limit"
    if failure.error_type == "Runtime.OutOfMemory" or "signal: killed" in failure.message:
        return "too small: Lambda ended the function, for it held too much memory"
    raise _failed(invoked, f"it fails: {failure.error_type}: {failure.message}")


def _report(invoked: Invoked) -> ReportLine:
    for line in reversed(invoked.log_tail.splitlines()):
        if report := read_report(line):
            return report
    raise MeasurementFailed(
        "Lambda reports nothing at the end of the function's log",
        hint="where the log is JSON, set its SystemLogLevel to INFO; else call the function once by hand",
        detail=invoked.log_tail[-2000:],
    )


def _sum_up(reports: Sequence[ReportLine], memory_mb: int, problem: str | None) -> Trial:
    warm = [report.duration_ms for report in reports if report.init_ms is None]
    cold = [report.init_ms + report.duration_ms for report in reports if report.init_ms is not None]
    used_mb = max((report.max_memory_used_mb for report in reports), default=0)
    if not warm and problem is None:
        problem = "no call found a warm environment"
    return Trial(
        memory_mb=memory_mb,
        warm=trimmed_timing(warm) if warm else None,
        cold=trimmed_timing(cold) if cold else None,
        max_memory_used_mb=used_mb,
        problem=problem or too_small(used_mb, memory_mb),
    )


def _failed(invoked: Invoked, why: str) -> MeasurementFailed:
    return MeasurementFailed(
        f"the function cannot be timed, for {why}",
        hint="mend it first, or send it what it can answer: --pictures or --event",
        detail=invoked.log_tail,
    )
