"""Owns `ExecutionEnvironment`: one child behind one Runtime API, one invocation at a time."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

from tulle.emulator.child import Child
from tulle.emulator.outcome import Answer, Exit, LaunchError, Overrun, Oversized
from tulle.emulator.runtime_api import Delivery, Polled, RuntimeApi
from tulle.emulator.variables import child_variables

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.emulator.function import Function
    from tulle.emulator.invocation import Request
    from tulle.emulator.outcome import Outcome
    from tulle.emulator.runtime_api import Word
    from tulle.emulator.surroundings import Surroundings

__all__ = ["ExecutionEnvironment"]


class ExecutionEnvironment:
    """A place where one child serves one invocation after the other, until it ends.

    An environment is used up when its child has ended or was not done in its time: stop it then and
    start another.
    """

    def __init__(
        self,
        function: Function,
        surroundings: Surroundings,
        *,
        log_stream: str,
        line: Callable[[str], None],
    ) -> None:
        self._function = function
        self._surroundings = surroundings
        self._log_stream = log_stream
        self._line = line
        self._api = RuntimeApi(self._take_in)
        self._words: deque[Word | Exit | Overrun] = deque()
        self._listening: asyncio.Future[None] | None = None
        self._child: Child | None = None
        self._waiting = False

    @property
    def usable(self) -> bool:
        """Tell whether the child waits for an invocation."""
        return self._waiting and self._child is not None and not self._child.exited.done()

    @property
    def peak_memory_mb(self) -> int:
        """The most memory that the child and its children were seen to hold."""
        return 0 if self._child is None else self._child.peak_memory_mb

    async def start(self, *, limit_s: float) -> Outcome | None:
        """Run the init phase; give None when the child waits for its first invocation."""
        address = await self._api.start()
        variables = child_variables(
            self._function,
            runtime_api=address,
            log_stream=self._log_stream,
            environ=self._surroundings.environ,
        )
        try:
            self._child = await Child.spawn(self._function, variables=variables, line=self._line)
        except OSError as exc:
            reason = (exc.strerror or str(exc)).lower()
            return LaunchError(reason=f"fork/exec {exc.filename}: {reason}")
        self._child.exited.add_done_callback(
            lambda exited: self._take_in(Exit(code=exited.result()))
        )
        word = await self._hear(limit_s)
        self._note_end_of_phase(self._child, word)
        return None if isinstance(word, Polled) else word

    async def invoke(
        self, request: Request, *, limit_s: float, answered: Callable[[Answer], None]
    ) -> Outcome:
        """Run one invocation in a usable environment, until the child is ready for another.

        The function's answer is told as soon as it is there.
        """
        child = self._child
        if child is None:
            raise RuntimeError("an environment is started before it is used")
        began_s = time.perf_counter()
        deadline_ms = int((self._surroundings.now_s() + limit_s) * 1000)
        self._waiting = False
        self._api.deliver(Delivery(request=request, deadline_ms=deadline_ms))
        outcome = word = await self._hear(limit_s)
        if isinstance(word, Answer):
            child.drain_log()  # what led to the answer is read before it
            answered(word)
        if isinstance(word, Answer | Oversized):
            # The answer stands, whatever the child does after it; but only a child that asks for
            # more may have more.
            word = await self._hear(limit_s - (time.perf_counter() - began_s))
        self._note_end_of_phase(child, word)
        if isinstance(outcome, Polled):
            raise TypeError("a child cannot ask for more before it has answered")
        return outcome

    async def stop(self) -> None:
        """End the child and all that it started, at once."""
        self._waiting = False
        if self._child is not None:
            await self._child.kill()
        await self._api.stop()

    def _note_end_of_phase(self, child: Child, word: Word | Exit | Overrun) -> None:
        self._waiting = isinstance(word, Polled)
        child.look_at_memory()
        child.drain_log()

    def _take_in(self, word: Word | Exit | Overrun) -> None:
        self._words.append(word)
        if self._listening is not None and not self._listening.done():
            self._listening.set_result(None)

    async def _hear(self, limit_s: float) -> Word | Exit | Overrun:
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
            self._take_in(Overrun())
