"""Owns `Dispatcher`: it finds each request an execution environment, as many as may be at once."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tulle.emulator.happening import EnvironmentsCounted
from tulle.emulator.outcome import Answer
from tulle.emulator.sandbox.warden import Warden
from tulle.emulator.worker import Worker
from tulle.errors import ImageNotRunnable, TooManyInvocations

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tulle.emulator.function import Function
    from tulle.emulator.invocation import Invocation, Request
    from tulle.emulator.surroundings import Surroundings

__all__ = ["Dispatcher"]

# For how long a request waits for an environment that has answered but does not yet ask for more. It
# mostly does so within a millisecond; a cold start takes longer than this.
_PATIENCE_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seeker:
    """A request for which no worker is found yet."""

    request: Request
    answered: Callable[[Answer], None]
    found: asyncio.Future[Worker]


class Dispatcher:
    """Runs a function's invocations, each alone in an execution environment, many at once.

    An idle environment takes the next invocation, the one used last before the others; where none
    is idle a new one starts, up to the function's limit. One whose child ended or overran its time
    starts another with its next invocation. One ends when it runs code that has changed since, or
    when it was idle for long.

    An environment that has answered is free for another invocation, but only as soon as its child
    asks for it: a request that finds no idle one waits a moment for such a one.
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
        self._warden = Warden(surroundings.isolation)
        self._room = function.concurrency
        self._idle: dict[Worker, asyncio.TimerHandle] = {}  # the one used last is the last
        self._busy: set[Worker] = set()
        self._answered: set[Worker] = set()  # some of the busy ones
        self._outdated: set[Worker] = set()
        self._seekers: deque[_Seeker] = deque()
        self._tasks: set[asyncio.Task[Invocation]] = set()
        self._endings: set[asyncio.Task[None]] = set()
        self._count = EnvironmentsCounted(busy=0, idle=0)

    async def prepare(self) -> str:
        """Make ready what the environments need; tell in a line how they are kept apart.

        Raises:
            ImageNotRunnable: the function is an image, and this system gives it no root.
        """
        description = await self._warden.start()
        if self._function.image is not None and self._warden.root_problem:
            await self._warden.stop()
            raise ImageNotRunnable(
                f"an image needs a root of its own, which this system does not allow ({self._warden.root_problem})",
                hint="start tulle dev where user namespaces are allowed, or as root; "
                "or run the same function as a zip: tulle build --type zip",
            )
        return description

    def submit(self, request: Request) -> asyncio.Task[Invocation]:
        """Run a request now. It runs to its end, whether or not anyone waits for it.

        Raises:
            TooManyInvocations: as many run as may at once.
        """
        return self._start(request, lambda _: None)

    def ask(self, request: Request) -> asyncio.Future[Answer]:
        """Run a request as `submit` does, and give its answer: mostly before the invocation has ended.

        Raises:
            TooManyInvocations: as many run as may at once.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._start(request, partial(_give, answer)).add_done_callback(partial(_settle, answer))
        return answer

    def renew(self) -> None:
        """Let whatever begins from now on begin in a fresh environment; what runs ends in its own."""
        self._outdated |= self._busy
        for worker in list(self._idle):
            self._end(self._wake(worker))
        self._match()

    async def stop(self) -> None:
        """End what runs, and every environment, at once."""
        self._room = 0  # for good: nothing that still comes is run
        self._seekers.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in [*self._busy, *map(self._wake, list(self._idle))]:
            self._end(worker)
        await asyncio.gather(*self._endings)
        await self._warden.stop()
        self._tell_count()

    def _has_room(self) -> bool:
        return len(self._busy) - len(self._answered) + len(self._seekers) < self._room

    def _start(
        self, request: Request, answered: Callable[[Answer], None]
    ) -> asyncio.Task[Invocation]:
        if not self._has_room():
            raise TooManyInvocations(
                f"{self._room} invocations run already, and no more may at once",
                hint="call again when one of them is done, or allow more with --concurrency",
            )
        task = asyncio.create_task(self._invoke(self._seek(request, answered)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _invoke(self, found: asyncio.Future[Worker]) -> Invocation:
        worker = await found
        try:
            tell_end = await worker.finish()
        finally:
            await self._release(worker)
        return tell_end()  # last, for somebody may have waited for the worker

    def _seek(self, request: Request, answered: Callable[[Answer], None]) -> asyncio.Future[Worker]:
        """Find a worker and let it begin, now or as soon as there is one."""
        loop = asyncio.get_running_loop()
        seeker = _Seeker(request=request, answered=answered, found=loop.create_future())
        self._seekers.append(seeker)
        self._match()
        if not seeker.found.done():
            loop.call_later(_PATIENCE_S, self._lose_patience, seeker)
        return seeker.found

    def _match(self) -> None:
        """Give those who seek the idle workers, warm ones first and those used last, or new ones."""
        while self._seekers and self._idle:
            latest_first = [*reversed(self._idle)]
            warm = (worker for worker in latest_first if worker.warm)
            self._take(self._wake(next(warm, latest_first[0])))
        while len(self._seekers) > len(self._answered - self._outdated) and self._may_grow():
            self._take(self._new_worker())
        self._tell_count()

    def _lose_patience(self, seeker: _Seeker) -> None:
        if seeker in self._seekers and self._may_grow():
            self._take(self._new_worker())
            self._tell_count()

    def _take(self, worker: Worker) -> None:
        def note_answer(answer: Answer) -> None:
            self._answered.add(worker)
            seeker.answered(answer)

        seeker = self._seekers.popleft()
        self._busy.add(worker)
        worker.begin(seeker.request, answered=note_answer)
        seeker.found.set_result(worker)

    def _may_grow(self) -> bool:
        return len(self._busy) < self._room

    def _new_worker(self) -> Worker:
        return Worker(
            self._function, self._surroundings, self._warden, init_limit_s=self._init_limit_s
        )

    async def _release(self, worker: Worker) -> None:
        """Let a worker be idle, or end it where it has no use any more; then serve who waits."""
        if not worker.warm:
            await asyncio.wait({self._see_through(worker.reset())})
        if worker in self._outdated:
            await asyncio.wait({self._end(worker)})
        else:
            loop = asyncio.get_running_loop()
            self._idle[worker] = loop.call_later(self._idle_limit_s, self._expire, worker)
        for workers in (self._busy, self._answered, self._outdated):
            workers.discard(worker)
        self._match()

    def _tell_count(self) -> None:
        count = EnvironmentsCounted(busy=len(self._busy), idle=len(self._idle))
        if count != self._count:
            self._count = count
            self._surroundings.tell(count)

    def _wake(self, worker: Worker) -> Worker:
        self._idle.pop(worker).cancel()
        return worker

    def _expire(self, worker: Worker) -> None:
        self._end(self._wake(worker))
        self._tell_count()

    def _end(self, worker: Worker) -> asyncio.Task[None]:
        return self._see_through(worker.stop())

    def _see_through(self, coroutine: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """End something in a task of its own, which nothing cuts short."""
        ending = asyncio.create_task(coroutine)
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        return ending


def _give(future: asyncio.Future[Answer], answer: Answer) -> None:
    if not future.done():  # whoever asked may have gone
        future.set_result(answer)


def _settle(future: asyncio.Future[Answer], task: asyncio.Task[Invocation]) -> None:
    """Pass on an end that came without an answer."""
    if future.done():
        return
    if task.cancelled():
        future.cancel()
    elif error := task.exception():
        future.set_exception(error)
    else:
        invocation = task.result()
        _give(future, Answer(body=invocation.payload, error_type=invocation.error_type))
