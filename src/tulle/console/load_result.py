"""Owns `LoadResult`: what a load run has measured so far, and how the page is told of it."""

from __future__ import annotations

import json
import time
import uuid
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tulle.console.json_text import Json

__all__ = ["Answered", "LoadResult", "LoadState"]


class LoadState(StrEnum):
    """How far a load run is."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class Answered(StrEnum):
    """How one request went."""

    OK = "ok"
    ERROR = "error"
    THROTTLED = "throttled"


class LoadResult:
    """The figures of one load run; times are counted from its start.

    Args:
        started_at_ms: the Unix time.
    """

    def __init__(self, *, requests: int, concurrency: int, started_at_ms: int) -> None:
        self.state = LoadState.RUNNING
        self._id = uuid.uuid4().hex
        self._requests = requests
        self._concurrency = concurrency
        self._started_at_ms = started_at_ms
        self._started_s = time.perf_counter()
        self._ended_s: float | None = None
        self._samples: list[Json] = []
        self._latencies_ms: list[float] = []
        self._counts = dict.fromkeys(Answered, 0)
        self._environments: list[Json] = []
        self._count = self._peak = self._kept_peak = (0, 0)
        self._first_error: Json = None
        self._told_samples = 0
        self._told_environments = 0

    def add(self, answered: Answered, latency_ms: float, *, cold: bool) -> None:
        """Count an answer that came now."""
        self._counts[answered] += 1
        self._samples.append([self._elapsed_ms(), round(latency_ms, 2), answered, cold])
        if answered is not Answered.THROTTLED:
            self._latencies_ms.append(latency_ms)

    def note_error(self, error_type: str, payload: bytes) -> None:
        """Remember the first error, for the others are mostly the same."""
        if self._first_error is None:
            self._first_error = {"error_type": error_type, "message": _message(payload)}

    def note_environments(self, busy: int, idle: int) -> None:
        """Count the environments as they are now."""
        self._count = busy, idle
        self._peak = max(self._peak, self._count)

    def end(self, state: LoadState) -> None:
        """Let the clock stand."""
        self._add_peak()
        self.state = state
        self._ended_s = time.perf_counter()

    def describe(self) -> dict[str, Json]:
        """Give all of it."""
        return self._describe(self._samples, self._environments)

    def describe_news(self) -> dict[str, Json]:
        """Give the figures, and of the samples only those that were not given by this before."""
        self._add_peak()
        samples = self._samples[self._told_samples :]
        environments = self._environments[self._told_environments :]
        self._told_samples += len(samples)
        self._told_environments += len(environments)
        return self._describe(samples, environments)

    def _add_peak(self) -> None:
        """Keep the most that were busy since this was done last, for there are too many counts for a plot."""
        if self._peak != self._kept_peak:
            busy, idle = self._kept_peak = self._peak
            self._environments.append([self._elapsed_ms(), busy, idle])
        self._peak = self._count

    def _describe(self, samples: list[Json], environments: list[Json]) -> dict[str, Json]:
        latencies = sorted(self._latencies_ms)
        elapsed_ms = self._elapsed_ms()
        return {
            "id": self._id,
            "state": self.state,
            "requests": self._requests,
            "concurrency": self._concurrency,
            "started_at_ms": self._started_at_ms,
            "elapsed_ms": elapsed_ms,
            "done": sum(self._counts.values()),
            "errors": self._counts[Answered.ERROR],
            "throttled": self._counts[Answered.THROTTLED],
            "first_error": self._first_error,
            "samples": list(samples),
            "environments": list(environments),
            "p50_ms": _percentile(latencies, 50),
            "p90_ms": _percentile(latencies, 90),
            "p99_ms": _percentile(latencies, 99),
            "max_ms": _percentile(latencies, 100),
            "per_second": round(len(latencies) / elapsed_ms * 1000, 1) if elapsed_ms else None,
        }

    def _elapsed_ms(self) -> float:
        now_s = time.perf_counter() if self._ended_s is None else self._ended_s
        return round((now_s - self._started_s) * 1000, 1)


def _percentile(ordered: list[float], percent: int) -> float | None:
    """Give the smallest value that is not below so many percent of them."""
    if not ordered:
        return None
    rank = -(-len(ordered) * percent // 100)
    return round(ordered[rank - 1], 2)


def _message(payload: bytes) -> str:
    try:
        match json.loads(payload):
            case {"errorMessage": str(message)}:
                return message[:1000]
    except (ValueError, RecursionError):
        pass
    return payload[:1000].decode(errors="replace")
