"""Owns `Worker`: invocations one after the other in an execution environment, and how each went."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING

from tulle.emulator.environment import ExecutionEnvironment
from tulle.emulator.function import runtime_version_arn
from tulle.emulator.happening import Began, Ended, Logged
from tulle.emulator.invocation import Invocation, Report, Status
from tulle.emulator.log import InvocationLog
from tulle.emulator.outcome import conclude
from tulle.emulator.sandbox.processor_time import ProcessorTime
from tulle.emulator.variables import new_log_stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.emulator.function import Function
    from tulle.emulator.invocation import Request
    from tulle.emulator.outcome import Answer, Outcome
    from tulle.emulator.sandbox.warden import Warden
    from tulle.emulator.surroundings import Surroundings

__all__ = ["Worker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """How an invocation started: in an environment that was new, used up, or warm.

    Args:
        began_s: when the invocation began, on the clock that measures.
        init_duration_ms: how long the init phase took of an environment that was new.
        failure: why the request was not even delivered.
    """

    environment: ExecutionEnvironment
    began_s: float
    init_duration_ms: float | None = None
    failure: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """How an invocation went."""

    request: Request
    start: _Start
    outcome: Outcome
    duration_ms: float
    peak_memory_mb: int


class Worker:
    """Runs invocations, never two at once.

    Its environment starts with the first invocation, as on Lambda. Where its child is used up, the
    next invocation starts another in it; whoever has enough of the worker stops it.
    """

    def __init__(
        self,
        function: Function,
        surroundings: Surroundings,
        warden: Warden,
        *,
        init_limit_s: float,
    ) -> None:
        self._function = function
        self._warden = warden
        self._init_limit_s = init_limit_s
        self._surroundings = surroundings
        self._log_stream = new_log_stream(surroundings.now_s())
        self._log = InvocationLog(self._show)
        self._request: Request | None = None
        self._start: _Start | None = None
        self._end: Callable[[], Invocation] | None = None
        self._environment: ExecutionEnvironment | None = None

    @property
    def warm(self) -> bool:
        """Tell whether the next invocation needs no cold start."""
        return self._environment is not None and self._environment.usable

    def processor_time(self) -> ProcessorTime:
        """Tell how much processor time the environment's processes have used since they started."""
        if self._environment is None:
            return ProcessorTime(total_ms=0.0, threads={})
        return self._environment.processor_time()

    async def reset(self) -> None:
        """End what still runs in the environment, if there is one; its `/tmp` stays."""
        if self._environment is not None:
            await self._environment.reset()

    async def stop(self) -> None:
        """End the environment at once, if there is one."""
        environment, self._environment = self._environment, None
        if environment is not None:
            await environment.stop()

    def begin(self, request: Request, *, answered: Callable[[Answer], None]) -> None:
        """Begin an invocation: deliver the request at once, where the environment is warm.

        Where the function answers, that is told at once; the child may be at work for longer.
        """
        began_s = time.perf_counter()
        environment = self._environment if self.warm else None
        if environment is not None:
            timeout_s = self._function.timeout_s
            environment.deliver(request, limit_s=timeout_s, answered=answered)
        # Told after the delivery, for it helps no answer; nothing of the child is heard before.
        if self._end is not None:
            self._end()
        self._request = request
        self._answered = answered
        self._start = None
        if environment is not None:
            self._tell_beginning(request, cold=False)
            self._log_start(request)
            self._start = _Start(environment=environment, began_s=began_s)

    async def finish(self) -> Callable[[], Invocation]:
        """See the invocation through, after a cold start where there is need of one.

        What is given tells of its end, in the log too. That may wait until the next one has begun,
        but no longer.
        """
        request = self._request
        if request is None:
            raise RuntimeError("an invocation begins before it ends")
        start = self._start or await self._start_cold(request)
        outcome = start.failure or await start.environment.finish()
        spent_s = time.perf_counter() - start.began_s
        run = _Run(
            request=request,
            start=start,
            outcome=outcome,
            duration_ms=min(spent_s, self._function.timeout_s) * 1000,
            peak_memory_mb=start.environment.peak_memory_mb,
        )
        self._end = cache(partial(self._tell_end, run))
        return self._end

    def _tell_end(self, run: _Run) -> Invocation:
        invocation = self._conclude(run)
        self._end = self._request = None
        self._surroundings.tell(Ended(invocation=invocation, environment=self._log_stream))
        return invocation

    async def _start_cold(self, request: Request) -> _Start:
        self._tell_beginning(request, cold=True)
        is_new, timeout_s = self._environment is None, self._function.timeout_s
        start = await self._initialise_anew() if is_new else None
        if start is None or start.failure is not None:
            # What Lambda calls a suppressed init: within the invocation, on its time, and not told of.
            start = await self._initialise(limit_s=timeout_s, phase="invoke")
        else:
            start = replace(start, began_s=time.perf_counter())
        if start.failure is None:  # else the tail says why
            self._log.begin()
        self._log_start(request)
        if start.failure is None:
            left_s = timeout_s - (time.perf_counter() - start.began_s)
            start.environment.deliver(request, limit_s=left_s, answered=self._answered)
        return start

    async def _initialise_anew(self) -> _Start:
        """Run the init phase of a new environment."""
        if self._function.image is None:  # images have no runtime of AWS's
            self._log.line(_init_start(self._function))
        start = await self._initialise(limit_s=self._init_limit_s, phase="init")
        return replace(start, init_duration_ms=(time.perf_counter() - start.began_s) * 1000)

    def _tell_beginning(self, request: Request, *, cold: bool) -> None:
        self._log.begin()
        now_s = self._surroundings.now_s()
        began = Began(request=request, environment=self._log_stream, cold=cold, now_s=now_s)
        self._surroundings.tell(began)

    def _log_start(self, request: Request) -> None:
        self._log.line(f"START RequestId: {request.request_id} Version: $LATEST")
        if self._environment is not None:
            self._environment.tell_start(request)

    def _show(self, line: str) -> None:
        request_id = None if self._request is None else self._request.request_id
        self._surroundings.log(line)
        self._surroundings.tell(
            Logged(environment=self._log_stream, request_id=request_id, line=line)
        )

    def _conclude(self, run: _Run) -> Invocation:
        request_id = run.request.request_id
        conclusion = conclude(
            run.outcome, request_id=request_id, timeout_s=self._function.timeout_s
        )
        report = Report(
            request_id=request_id,
            duration_ms=run.duration_ms,
            init_duration_ms=run.start.init_duration_ms,
            memory_size_mb=self._function.memory_mb,
            max_memory_used_mb=run.peak_memory_mb,
            status=conclusion.status,
            error_type=conclusion.error_type if conclusion.status is Status.ERROR else None,
        )
        self._log.line(f"END RequestId: {request_id}")
        self._log.line(report.line())
        run.start.environment.tell_report(run.request, report, conclusion)
        return Invocation(
            request_id=request_id,
            payload=conclusion.payload,
            error_type=conclusion.error_type,
            report=report,
            log_tail=self._log.tail,
        )

    async def _initialise(self, *, limit_s: float, phase: str) -> _Start:
        """Start the environment, anew where its child is used up."""
        if self._environment is None:
            self._environment = ExecutionEnvironment(
                self._function,
                self._surroundings,
                self._warden,
                log_stream=self._log_stream,
                line=self._log.line,
            )
        began_s = time.perf_counter()
        failure = await self._environment.start(limit_s=limit_s)
        if failure is not None:
            duration_ms = (time.perf_counter() - began_s) * 1000
            self._log.line(_init_report(failure, duration_ms, phase))
        return _Start(environment=self._environment, began_s=began_s, failure=failure)


def _init_start(function: Function) -> str:
    version = function.runtime.replace("python", "python:")
    arn = runtime_version_arn()
    return f"INIT_START Runtime Version: {version}.v0\tRuntime Version ARN: {arn}"


def _init_report(failure: Outcome, duration_ms: float, phase: str) -> str:
    conclusion = conclude(failure, request_id="", timeout_s=0)
    line = f"INIT_REPORT Init Duration: {duration_ms:.2f} ms\tPhase: {phase}"
    line += f"\tStatus: {conclusion.status}"
    if conclusion.status is Status.ERROR:
        line += f"\tError Type: {conclusion.error_type}"
    return line
