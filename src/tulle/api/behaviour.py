"""Owns `Behaviour`: how a function behaves, as far as its cost goes, and finding that out, here or on AWS."""

from __future__ import annotations

import platform
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from tulle.api.local_measurement import find_payloads, measure_here
from tulle.deploy.names import name_deployment
from tulle.deploy.observed.measured import measure
from tulle.emulator.happening import Ended, Logged
from tulle.errors import MeasurementFailed
from tulle.pricing.alternatives import SIZES_MB, MemorySize
from tulle.pricing.cpu_share import scaled_duration_ms
from tulle.pricing.workload import LOG_EVENT_BYTES, MONTH_HOURS
from tulle.target import Architecture
from tulle.tuning.local import Plan
from tulle.tuning.prediction import predict

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tulle.aws.session import AwsSession
    from tulle.emulator.happening import Happening
    from tulle.emulator.surroundings import Surroundings
    from tulle.project.project import Project
    from tulle.tuning.trial import Trial

__all__ = ["OBSERVED_DAYS", "Behaviour", "Origin", "observe_here", "observe_on_aws"]

OBSERVED_DAYS = 7
"""For so long AWS is asked about."""

_PLAN = Plan(cold_starts=3, calls=10)


class Origin(StrEnum):
    """Where it is known from how a function behaves."""

    GIVEN = "given"
    """By whoever asks."""
    MEASURED = "measured"
    """On this machine."""
    DEPLOYED = "deployed"
    """From AWS, where it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How a function behaves, as far as it is known.

    Args:
        duration_ms: how long a request takes on Lambda at the memory size in question, without an init.
        init_ms: how much longer it takes where it meets a cold start.
        cold_share: which part of the requests do: 0 to 1; None where that is not known.
        sizes: the durations at other memory sizes, where they are known better than by the share of a
            processor; None where they are not.
        requests: how many come in a month.
        answer_bytes: the size of an answer's body.
        log_bytes: what a request adds to the function's log.
        max_memory_used_mb: the most memory that it held.
        architecture: the processor that it ran on; None where that is not known.
    """

    origin: Origin
    duration_ms: float
    init_ms: float = 0
    cold_share: float | None = None
    sizes: tuple[MemorySize, ...] | None = None
    requests: int | None = None
    answer_bytes: int | None = None
    log_bytes: int | None = None
    max_memory_used_mb: int | None = None
    architecture: Architecture | None = None

    def corrected(self, *, init_ms: float | None, cold_share: float | None) -> Behaviour:
        """Put what somebody says in the place of what was seen; None says nothing."""
        behaviour = self
        if init_ms is not None:
            sizes = self.sizes
            if sizes is not None:
                sizes = tuple(replace(size, init_ms=init_ms) for size in sizes)
            behaviour = replace(behaviour, init_ms=init_ms, sizes=sizes)
        if cold_share is not None:
            behaviour = replace(behaviour, cold_share=cold_share)
        return behaviour


def observe_here(
    project: Project, surroundings: Surroundings, *, pictures: Path | None, event: Path | None
) -> Behaviour:
    """Run a project's function on this machine, and predict from that how it behaves on Lambda.

    Args:
        project: whose function it is.
        surroundings: the effects that running it needs.
        pictures: a folder of pictures to send; None sends the samples that tulle has.
        event: a file with an event to send in their place.

    Raises:
        UsageError: there is nothing to send, or it cannot be read.
        MeasurementFailed: the function fails.
    """
    reporter = surroundings.reporter
    payloads = find_payloads(project, pictures=pictures, event=event, reporter=reporter)
    ear = _Ear()
    measurement = measure_here(
        project,
        payloads,
        _PLAN,
        replace(surroundings, tell=ear.hear),
        allow_private_addresses=event is not None,
    )
    own_mb, timeout_s = project.function.memory_mb, project.function.timeout_s
    own = predict(measurement, memory_mb=own_mb, timeout_s=timeout_s)
    own_size = _memory_size(own)
    others = (
        predict(measurement, memory_mb=memory_mb, timeout_s=timeout_s) for memory_mb in SIZES_MB
    )
    is_arm = platform.machine() in {"aarch64", "arm64"}
    return Behaviour(
        origin=Origin.MEASURED,
        duration_ms=own_size.duration_ms,
        init_ms=own_size.init_ms,
        sizes=tuple(map(_memory_size, others)),
        answer_bytes=ear.answer_bytes,
        log_bytes=ear.log_bytes,
        max_memory_used_mb=measurement.max_memory_used_mb,
        architecture=Architecture.ARM64 if is_arm else Architecture.X86_64,
    )


def observe_on_aws(
    project: Project, session: AwsSession, *, stage: str, until: datetime
) -> Behaviour:
    """Ask AWS how a project's deployed function has behaved for the last days.

    Raises:
        AwsError: AWS cannot be asked.
        MeasurementFailed: nobody called the function.
    """
    names = name_deployment(project.name, stage)
    since = until - timedelta(days=OBSERVED_DAYS)
    seen = measure(session, names.function, names.log_group, since=since, until=until)
    if seen.durations is None:
        raise MeasurementFailed(
            f"nobody called {names.function} in {session.region} in the last {OBSERVED_DAYS} days",
            hint="call it first, if it is deployed there; or leave out --stage, and it is run on this machine",
        )
    duration_ms, starts = seen.durations.average_ms, seen.starts
    if starts is not None:
        own_mb = project.function.memory_mb
        duration_ms = scaled_duration_ms(duration_ms, from_mb=starts.memory_size_mb, to_mb=own_mb)
    return Behaviour(
        origin=Origin.DEPLOYED,
        duration_ms=duration_ms,
        init_ms=(starts.init_ms or 0.0) if starts else 0.0,
        cold_share=starts.cold_share if starts else None,
        requests=round(seen.invocations * MONTH_HOURS / (OBSERVED_DAYS * 24)),
        max_memory_used_mb=starts.max_memory_used_mb if starts else None,
    )


def _memory_size(trial: Trial) -> MemorySize:
    """Take a trial's durations: a cold start adds an init, and a first invocation that may be slower."""
    if trial.warm is None or trial.cold is None:
        raise ValueError("what was measured here was measured warm and cold")
    return MemorySize(
        memory_mb=trial.memory_mb,
        duration_ms=trial.warm.typical_ms,
        init_ms=max(trial.cold.typical_ms - trial.warm.typical_ms, 0.0),
    )


class _Ear:
    """Hears how large answers and the log are."""

    def __init__(self) -> None:
        self._invocations = self._answered = self._logged = 0

    def hear(self, happening: Happening) -> None:
        """Count what an invocation leaves behind."""
        if isinstance(happening, Ended):
            self._invocations += 1
            self._answered += len(happening.invocation.payload)
        elif isinstance(happening, Logged) and not happening.line.startswith("INIT_START"):
            self._logged += len(happening.line.encode()) + 1 + LOG_EVENT_BYTES

    @property
    def answer_bytes(self) -> int:
        """The size of an answer, in the mean."""
        return round(self._answered / max(self._invocations, 1))

    @property
    def log_bytes(self) -> int:
        """What an invocation adds to the log, in the mean."""
        return round(self._logged / max(self._invocations, 1))
