"""Owns `Dispatcher`: it finds each request an execution environment, as many as may be at once."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from tulle.emulator.happening import EnvironmentsCounted
from tulle.emulator.worker import Worker
from tulle.errors import TooManyInvocations

if TYPE_CHECKING:
    from tulle.emulator.function import Function
    from tulle.emulator.invocation import Invocation, Request
    from tulle.emulator.surroundings import Surroundings

__all__ = ["Dispatcher"]


class Dispatcher:
    """Runs a function's invocations, each alone in an execution environment, many at once.

    An idle environment takes the next invocation, the one used last before the others; where none
    is idle a new one starts, up to the function's limit. One ends when its child ended or overran
    its time, when it runs code that has changed since, or when it was idle for long.
    """

    def __init__(
        self,
        function: Function,
        surroundings: Surroundings,
        *,
        init_limit_s: float = 10.0,
        idle_limit_s: float = 300.0,
    ) -> None:
        self._function = function
        self._surroundings = surroundings
        self._init_limit_s = init_limit_s
        self._idle_limit_s = idle_limit_s
        self._room = function.concurrency
        self._idle: dict[Worker, asyncio.TimerHandle] = {}  # the one used last is the last
        self._busy: set[Worker] = set()
        self._outdated: set[Worker] = set()
        self._waiting: deque[Request] = deque()
        self._tasks: set[asyncio.Task[Invocation]] = set()
        self._endings: set[asyncio.Task[None]] = set()

    def submit(self, request: Request) -> asyncio.Task[Invocation]:
        """Run a request now. It runs to its end, whether or not anyone waits for it.

        Raises:
            TooManyInvocations: as many run as may at once.
        """
        if len(self._busy) >= self._room:
            raise TooManyInvocations(
                f"{len(self._busy)} invocations run already, and no more may at once",
                hint="call again when one of them is done, or allow more with --concurrency",
            )
        task = asyncio.create_task(self._invoke(self._take(), request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def enqueue(self, request: Request) -> None:
        """Run a request as soon as there is room for it, after those that wait already."""
        if len(self._busy) < self._room:
            self.submit(request)
        else:
            self._waiting.append(request)

    def renew(self) -> None:
        """Let whatever begins from now on begin in a fresh environment; what runs ends in its own."""
        self._outdated |= self._busy
        for worker in list(self._idle):
            self._end(self._wake(worker))
        self._tell_count()

    async def stop(self) -> None:
        """End what runs, what waits, and every environment, at once."""
        self._room = 0  # for good: nothing that still comes is run
        self._waiting.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in [*self._busy, *map(self._wake, list(self._idle))]:
            self._end(worker)
        await asyncio.gather(*self._endings)
        self._tell_count()

    async def _invoke(self, worker: Worker, request: Request) -> Invocation:
        try:
            return await worker.run(request)
        finally:
            await self._release(worker)

    def _take(self) -> Worker:
        """Give the idle worker used last, or a new one."""
        if self._idle:
            worker = self._wake(next(reversed(self._idle)))
        else:
            worker = Worker(self._function, self._surroundings, init_limit_s=self._init_limit_s)
        self._busy.add(worker)
        self._tell_count()
        return worker

    async def _release(self, worker: Worker) -> None:
        """Let a worker be idle, or end it where it has no use any more; then serve who waits."""
        if worker.warm and worker not in self._outdated:
            loop = asyncio.get_running_loop()
            self._idle[worker] = loop.call_later(self._idle_limit_s, self._expire, worker)
        else:
            await asyncio.wait({self._end(worker)})
        self._busy.discard(worker)
        self._outdated.discard(worker)
        self._tell_count()
        if self._waiting:
            self.submit(self._waiting.popleft())

    def _tell_count(self) -> None:
        count = EnvironmentsCounted(busy=len(self._busy), idle=len(self._idle))
        self._surroundings.tell(count)

    def _wake(self, worker: Worker) -> Worker:
        self._idle.pop(worker).cancel()
        return worker

    def _expire(self, worker: Worker) -> None:
        self._end(self._wake(worker))
        self._tell_count()

    def _end(self, worker: Worker) -> asyncio.Task[None]:
        """End a worker in a task of its own, which nothing cuts short."""
        ending = asyncio.create_task(worker.stop())
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        return ending
