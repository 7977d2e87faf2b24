"""Owns measuring a function on this machine: cold and warm, one call after the other."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tulle.emulator.happening import Logged
from tulle.emulator.invocation import new_request
from tulle.emulator.sandbox.warden import Warden
from tulle.emulator.worker import Worker
from tulle.errors import MeasurementFailed
from tulle.tuning.events import trouble_in
from tulle.tuning.measurement import ColdStart, Effort, Measurement, effort_between

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tulle.emulator.function import Function
    from tulle.emulator.happening import Happening
    from tulle.emulator.invocation import Invocation
    from tulle.emulator.sandbox.processor_time import ProcessorTime
    from tulle.emulator.surroundings import Surroundings

__all__ = ["Plan", "measure"]

_INIT_LIMIT_S = 10.0
_AMPLE_MB = 10_240  # so that what the function holds is seen, not cut off
_AMPLE_S = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How often a function is called.

    Args:
        cold_starts: how many execution environments are started, one after the other.
        calls: how often the last of them is called after its first invocation.
    """

    cold_starts: int = 5
    calls: int = 30


async def measure(
    function: Function, payloads: Sequence[bytes], plan: Plan, surroundings: Surroundings
) -> Measurement:
    """Call a function with the payloads in turn, and see what that takes.

    Raises:
        MeasurementFailed: a call fails.
    """
    function = replace(function, memory_mb=_AMPLE_MB, timeout_s=_AMPLE_S, concurrency=1)
    turn = itertools.cycle(payloads)
    warden = Warden(surroundings.isolation)
    bench = _Bench(function, warden, surroundings)
    await warden.start()
    try:
        cold = tuple([await bench.start_cold(next(turn)) for _ in range(plan.cold_starts)])
        warm = tuple([await bench.call(next(turn)) for _ in range(plan.calls)])
    finally:
        await bench.stop()
        await warden.stop()
    return Measurement(
        cold=cold,
        warm=warm,
        max_memory_used_mb=bench.max_memory_used_mb,
        processors=len(os.sched_getaffinity(0)),
    )


class _Bench:
    """One worker at a time, and what its last call took."""

    def __init__(self, function: Function, warden: Warden, surroundings: Surroundings) -> None:
        self._function = function
        self._warden = warden
        self._surroundings = replace(surroundings, tell=self._hear)
        self._tell_on = surroundings.tell
        self._worker: Worker | None = None
        self._looks: list[ProcessorTime] = []
        self.max_memory_used_mb = 0

    async def start_cold(self, payload: bytes) -> ColdStart:
        """Start another environment with its first call."""
        await self.stop()
        self._worker = worker = Worker(
            self._function, self._surroundings, self._warden, init_limit_s=_INIT_LIMIT_S
        )
        nothing = worker.processor_time()
        self._looks.clear()
        invocation = await self._invoke(worker, payload)
        ended, report = worker.processor_time(), invocation.report
        started = self._looks[0] if self._looks else nothing
        return ColdStart(
            init=effort_between(nothing, started, wall_ms=report.init_duration_ms or 0.0),
            first=effort_between(started, ended, wall_ms=report.duration_ms),
        )

    async def call(self, payload: bytes) -> Effort:
        """Call the environment that is there."""
        if self._worker is None:
            raise RuntimeError("an environment starts before it is called warm")
        before = self._worker.processor_time()
        invocation = await self._invoke(self._worker, payload)
        after = self._worker.processor_time()
        return effort_between(before, after, wall_ms=invocation.report.duration_ms)

    async def stop(self) -> None:
        """End the environment, if there is one."""
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.stop()

    async def _invoke(self, worker: Worker, payload: bytes) -> Invocation:
        request = new_request(
            payload, invoked_arn=self._function.arn, now_s=self._surroundings.now_s()
        )
        worker.begin(request, answered=lambda _: None)
        invocation = (await worker.finish())()
        used_mb = invocation.report.max_memory_used_mb
        self.max_memory_used_mb = max(self.max_memory_used_mb, used_mb)
        for problem in _problems(invocation):
            raise MeasurementFailed(
                f"the function cannot be timed, for {problem}",
                hint="mend it with `tulle dev`, or send it what it can answer: --pictures or --event",
                detail=invocation.log_tail.decode(errors="replace"),
            )
        return invocation

    def _hear(self, happening: Happening) -> None:
        """Look at the processor time between an init and the invocation: START is told just there."""
        if (
            self._worker
            and isinstance(happening, Logged)
            and happening.line.startswith("START RequestId: ")
        ):
            self._looks.append(self._worker.processor_time())
        self._tell_on(happening)


def _problems(invocation: Invocation) -> Iterator[str]:
    if invocation.error_type is not None:
        yield f"it fails: {invocation.error_type}"
    elif trouble := trouble_in(invocation.payload):
        yield trouble
