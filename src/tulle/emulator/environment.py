"""Owns `ExecutionEnvironment`: one child behind one Runtime API, one invocation at a time."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

from tulle.emulator.child import TIME_TO_GROW_S, Child
from tulle.emulator.extensions.company import Company, Moved
from tulle.emulator.launch import launch_error
from tulle.emulator.outcome import (
    Answer,
    Exit,
    ExtensionFault,
    OutOfMemory,
    Overrun,
    Oversized,
)
from tulle.emulator.runtime_api import Delivery, Polled, RuntimeApi
from tulle.emulator.sandbox.processor_time import ProcessorTime
from tulle.emulator.telemetry import records
from tulle.emulator.telemetry.telemetry import Telemetry
from tulle.emulator.variables import child_variables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tulle.emulator.function import Function
    from tulle.emulator.invocation import Report, Request
    from tulle.emulator.outcome import Conclusion, Outcome
    from tulle.emulator.runtime_api import Word
    from tulle.emulator.sandbox.sandbox import Sandbox
    from tulle.emulator.sandbox.warden import Warden
    from tulle.emulator.surroundings import Surroundings

    _Heard = Word | Exit | ExtensionFault | Moved | Overrun

__all__ = ["ExecutionEnvironment"]


class ExecutionEnvironment:
    """A place where one child serves one invocation after the other, until it ends.

    When the child has ended or was not done in its time, another may be started: it finds what the
    one before left in `/tmp`, as on Lambda.
    """

    def __init__(
        self,
        function: Function,
        surroundings: Surroundings,
        warden: Warden,
        *,
        log_stream: str,
        line: Callable[[str], None],
    ) -> None:
        self._function = function
        self._surroundings = surroundings
        self._warden = warden
        self._log_stream = log_stream
        self._line = line
        self._telemetry = Telemetry(surroundings.now_s)
        self._phase = "init"
        self._company = self._new_company()
        self._accompanied = False
        self._api = RuntimeApi(self._take_in, extensions=self._company.api)
        self._words: deque[_Heard] = deque()
        self._listening: asyncio.Future[None] | None = None
        self._sandbox: Sandbox | None = None
        self._child: Child | None = None
        self._waiting = False
        self._awaits_extensions = False
        self._overran = False

    @property
    def usable(self) -> bool:
        """Tell whether the child waits for an invocation."""
        return self._waiting and self._child is not None and not self._child.exited.done()

    @property
    def peak_memory_mb(self) -> int:
        """The most memory that the child and its children were seen to hold."""
        return 0 if self._child is None else self._child.peak_memory_mb

    def processor_time(self) -> ProcessorTime:
        """Tell how much processor time the child and its children have used."""
        if self._sandbox is None:
            return ProcessorTime(total_ms=0.0, threads={})
        return self._sandbox.processor_time()

    async def start(self, *, limit_s: float) -> Outcome | None:
        """Run the init phase in a fresh child; give None when it waits for its first invocation."""
        await self.reset()
        began_s, phase, telemetry = time.perf_counter(), self._phase, self._telemetry
        self._phase = "invoke"
        telemetry.open()
        started = records.init_start(self._function, self._log_stream, phase)
        telemetry.publish("platform.initStart", started)
        failure = await self._start(phase, began_s + limit_s)
        duration_ms = (time.perf_counter() - began_s) * 1000
        telemetry.publish("platform.initReport", records.init_report(phase, failure, duration_ms))
        telemetry.close()
        if self._child is not None and not telemetry.active:
            self._child.log_to(self._line)
        return failure

    async def _start(self, phase: str, ends_s: float) -> Outcome | None:
        address = await self._api.start()
        variables = child_variables(
            self._function,
            runtime_api=address,
            log_stream=self._log_stream,
            environ=self._surroundings.environ,
        )
        try:
            sandbox = await self._find_sandbox()
            if names := self._company.wanted:
                failure = await self._start_extensions(sandbox, names, variables, ends_s)
                if failure is not None:
                    return failure
            self._child = child = await Child.spawn(
                self._function, sandbox, variables=variables, line=self._log_function
            )
        except OSError as exc:
            error = launch_error(self._function, exc)
            if self._function.image is not None:
                self._line(self._function.image.launch_problem(error.reason))
            return error
        child.exited.add_done_callback(self._note_exit)
        child.watch_memory()
        word = await self._hear(ends_s - time.perf_counter())
        company = self._company.extensions
        company.registration_open = False
        self._accompanied = len(company) > 0
        if self._telemetry.active:
            child.drain_log()
            failure = None if isinstance(word, Polled | Moved) else word
            done = records.init_runtime_done(phase, failure)
            self._telemetry.publish("platform.initRuntimeDone", done)
        if self._accompanied and isinstance(word, Polled):
            word = await self._wait_until(company.are_ready, ends_s) or word
        self._note_end_of_phase(child, word)
        self._company.log_states()
        if child.out_of_memory:
            return OutOfMemory()
        return None if isinstance(word, Polled | Moved) else word

    def deliver(
        self, request: Request, *, limit_s: float, answered: Callable[[Answer], None]
    ) -> None:
        """Hand a request to the child, which must be usable and has this long for it.

        The function's answer is told as soon as it is there.
        """
        if self._child is None:
            raise RuntimeError("an environment is started before it is used")
        self._began_s = time.perf_counter()
        self._limit_s = limit_s
        self._answered = answered
        self._waiting = False
        deadline_ms = int((self._surroundings.now_s() + limit_s) * 1000)
        self._child.watch_memory()
        delivery = Delivery(request=request, deadline_ms=deadline_ms)
        if self._accompanied:
            self._request = request
            self._company.tell_of_invocation(delivery)
        self._api.deliver(delivery)

    async def finish(self) -> Outcome:
        """Wait until the child is done with its request and ready for another."""
        child = self._child
        if child is None:
            raise RuntimeError("an environment is started before it is used")
        outcome = word = await self._hear(self._limit_s)
        if isinstance(word, Answer | Oversized):
            # The answer stands, whatever the child does after it; but only a child that asks for
            # more may have more.
            spent_s = time.perf_counter() - self._began_s
            word = await self._hear(self._limit_s - spent_s)
        if self._accompanied:
            word = await self._finish_beside(child, outcome, word)
        self._note_end_of_phase(child, word)
        if child.out_of_memory:
            return OutOfMemory()
        if isinstance(outcome, Polled | Moved):
            raise TypeError("a child cannot ask for more before it has answered")
        return outcome

    async def _finish_beside(self, child: Child, outcome: _Heard, word: _Heard) -> _Heard:
        """Wait until the extensions too are ready for another invocation; give what was heard last."""
        if self._telemetry.active and not isinstance(outcome, Polled | Moved):
            child.drain_log()
            duration_ms = (time.perf_counter() - self._began_s) * 1000
            done = records.runtime_done(self._request, outcome, duration_ms)
            self._telemetry.publish("platform.runtimeDone", done)
        if not isinstance(word, Polled):
            return word
        ready = self._company.extensions.are_ready
        return await self._wait_until(ready, self._began_s + self._limit_s) or word

    def tell_start(self, request: Request) -> None:
        """Tell the extensions that want to hear of it that an invocation begins."""
        if self._telemetry.active:
            self._telemetry.publish("platform.start", records.start(request))

    def tell_report(self, request: Request, report: Report, conclusion: Conclusion) -> None:
        """Tell the extensions that want to hear of it how an invocation went."""
        if self._telemetry.active:
            fault = records.fault(conclusion)
            if fault is not None:
                self._telemetry.publish("platform.fault", fault)
            self._telemetry.publish("platform.report", records.report(request, report))

    async def reset(self) -> None:
        """End the child and all that it started; its `/tmp` stays.

        It ends at once, unless there are extensions: those are given their time to end.
        """
        await self._end("timeout" if self._overran else "failure")

    async def _end(self, reason: str) -> None:
        self._waiting = self._accompanied = self._overran = False
        child, self._child = self._child, None
        company, self._company = self._company, self._new_company()
        extensions = self._company.api
        api, self._api = self._api, RuntimeApi(self._take_in, extensions=extensions)
        if child is not None:
            child.exited.remove_done_callback(self._note_exit)
        if len(company.extensions) and self._sandbox is not None:
            now_s = self._surroundings.now_s()
            await company.shut_down(self._sandbox, child, reason=reason, now_s=now_s)
        if child is not None:
            await child.kill()
        await api.stop()
        await self._telemetry.end()
        self._words.clear()

    async def stop(self) -> None:
        """End the child and all that it started, as `reset` does, and leave nothing of it."""
        await self._end("spindown")
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            await sandbox.close()

    async def _find_sandbox(self) -> Sandbox:
        """Give the one that there is, or another where its keeper was ended from outside."""
        if self._sandbox is not None and not self._sandbox.usable:
            await self._sandbox.close()
            self._sandbox = None
        if self._sandbox is None:
            self._sandbox = await self._warden.open(self._function)
        return self._sandbox

    def _new_company(self) -> Company:
        return Company(
            self._function,
            telemetry=self._telemetry,
            line=self._line,
            hear=self._take_in_from_company,
        )

    def _log_function(self, line: str) -> None:
        self._line(line)
        self._telemetry.publish("function", f"{line}\n")

    async def _start_extensions(
        self, sandbox: Sandbox, names: tuple[str, ...], variables: Mapping[str, str], ends_s: float
    ) -> Outcome | None:
        """Start the programs of extensions and wait until all have registered."""
        failure: _Heard | None = await self._company.start(sandbox, names, variables)
        if failure is None:
            registered = self._company.extensions.are_registered
            failure = await self._wait_until(registered, ends_s)
        if failure is None:
            return None
        self._company.log_states()
        if isinstance(failure, Polled | Moved):
            raise TypeError("nothing asks for invocations before the runtime has started")
        return failure

    async def _wait_until(self, is_so: Callable[[], bool], ends_s: float) -> _Heard | None:
        """Wait until something is so of the extensions, unless something else is heard first."""
        self._awaits_extensions = True
        try:
            while not is_so():
                word = await self._hear(ends_s - time.perf_counter())
                if not isinstance(word, Moved):
                    return word
        finally:
            self._awaits_extensions = False
            self._words = deque(word for word in self._words if not isinstance(word, Moved))
        # One may have asked for more, and ended.
        return next((word for word in self._words if isinstance(word, ExtensionFault)), None)

    def _take_in_from_company(self, word: Moved | ExtensionFault) -> None:
        if isinstance(word, ExtensionFault):
            self._waiting = False
        if self._awaits_extensions or isinstance(word, ExtensionFault):
            self._take_in(word)

    def _note_end_of_phase(self, child: Child, word: _Heard) -> None:
        child.stop_watching()
        self._waiting = isinstance(word, Polled) and not child.out_of_memory
        child.drain_log()

    def _note_exit(self, exited: asyncio.Future[int]) -> None:
        self._take_in(self._company.blame(Exit(code=exited.result())))

    def _take_in(self, word: _Heard) -> None:
        if isinstance(word, Answer) and self._child is not None:
            self._pass_on(word, self._child)
        self._words.append(word)
        if self._listening is not None and not self._listening.done():
            self._listening.set_result(None)

    def _pass_on(self, answer: Answer, child: Child) -> None:
        if time.perf_counter() - self._began_s > TIME_TO_GROW_S:
            child.look_at_memory()
        if not child.out_of_memory:
            child.drain_log()  # what led to the answer is read before it
            self._answered(answer)

    async def _hear(self, limit_s: float) -> _Heard:
        """Wait for the child's next word, its end, or the end of its time."""
        if not self._words:
            loop = asyncio.get_running_loop()
            self._listening = loop.create_future()
            timer = loop.call_later(max(limit_s, 0), self._run_out_of_time)
            try:
                await self._listening
            finally:
                timer.cancel()
        return self._words.popleft()

    def _run_out_of_time(self) -> None:
        if not self._words:
            self._overran = True
            self._take_in(Overrun())
