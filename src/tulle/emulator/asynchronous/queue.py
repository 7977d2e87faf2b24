"""Owns `EventQueue`: it sees every event through, until it has run well or is given up."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from tulle.emulator.asynchronous.dead_letter import DeadLetterFile
from tulle.emulator.asynchronous.event import Condition, Event
from tulle.errors import TooManyInvocations

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.emulator.asynchronous.settings import EventSettings
    from tulle.emulator.invocation import Invocation, Request
    from tulle.emulator.surroundings import Surroundings

__all__ = ["EventQueue"]


class EventQueue:
    """Holds the events that have not run well yet.

    Each runs as soon as there is room for it, those that came first before the others. One on which
    the function fails is tried again after a while; what is given up is told, and kept where a
    dead-letter file is named.

    Args:
        submit: runs a request now, or raises `TooManyInvocations`.
        settings: may be replaced at any time.
    """

    def __init__(
        self,
        submit: Callable[[Request], asyncio.Task[Invocation]],
        settings: EventSettings,
        surroundings: Surroundings,
    ) -> None:
        self.settings = settings
        self._submit = submit
        self._surroundings = surroundings
        path = settings.dead_letter_file
        self._dead_letters = None if path is None else DeadLetterFile(path)
        self._events: dict[asyncio.Task[None], Event] = {}  # in the order in which they came
        self._turn = asyncio.Lock()
        self._room = asyncio.Event()
        self._stopped = False

    def add(self, request: Request) -> None:
        """Take an event in. Nobody hears of its result.

        Raises:
            TooManyInvocations: the queue is stopped.
        """
        if self._stopped:
            raise TooManyInvocations(
                "the local Lambda stops and takes no more events", hint="start it again"
            )
        event = Event(request=request, came_s=self._surroundings.now_s())
        task = asyncio.create_task(self._see_through(event))
        self._events[task] = event
        task.add_done_callback(self._forget)

    async def stop(self) -> None:
        """Give up what has not run well yet, and say how much that is."""
        self._stopped = True
        left = {task: event for task, event in self._events.items() if not task.done()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        kept = [self._keep(event, Condition.STOPPED) for event in left.values()]
        if kept:
            what = "1 event was" if len(kept) == 1 else f"{len(kept)} events were"
            self._surroundings.reporter.warn(f"{what} not done: {self._whereabouts(all(kept))}")

    async def _see_through(self, event: Event) -> None:
        """Try an event until the function does not fail on it, or it is given up."""
        while (running := await self._start(event)) is not None:
            event = self._note(replace(event, attempts=event.attempts + 1))
            await asyncio.wait({running})  # who waits for the task itself also ends it when stopped
            self._room.set()
            invocation = running.result()
            event = self._note(replace(event, last=invocation))
            if invocation.error_type is None:
                return
            step = event.next_step(self.settings, self._surroundings.now_s())
            if isinstance(step, Condition):
                self._give_up(event, step)
                return
            self._tell_retry(event, step)
            await asyncio.sleep(step)
        self._give_up(event, Condition.EVENT_AGE_EXCEEDED)

    async def _start(self, event: Event) -> asyncio.Task[Invocation] | None:
        """Run an event as soon as there is room; give None if it becomes too old before."""
        async with self._turn:
            while not event.is_too_old(self.settings, self._surroundings.now_s()):
                try:
                    return self._submit(event.request)
                except TooManyInvocations:
                    await self._wait_for_room()
            return None

    async def _wait_for_room(self) -> None:
        """Wait for an event to end, or a moment, for other invocations tell nobody of their end."""
        self._room.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.settings.room_wait_s):
                await self._room.wait()

    def _tell_retry(self, event: Event, wait_s: float) -> None:
        error = event.last.error_type if event.last else None
        self._surroundings.reporter.note(
            f"event {event.request.request_id} failed with {error}; "
            f"attempt {event.attempts + 1} of {self.settings.retries + 1} in {wait_s:g} s"
        )

    def _give_up(self, event: Event, condition: Condition) -> None:
        kept = self._keep(event, condition)
        attempts = "1 attempt" if event.attempts == 1 else f"{event.attempts} attempts"
        self._surroundings.reporter.warn(
            f"event {event.request.request_id} is given up after {attempts} ({condition}): "
            + self._whereabouts(kept)
        )

    def _keep(self, event: Event, condition: Condition) -> bool:
        """Write an event to the dead-letter file; tell whether it is there."""
        if self._dead_letters is None:
            return False
        try:
            self._dead_letters.write(event, condition, now_s=self._surroundings.now_s())
        except OSError as exc:
            request_id = event.request.request_id
            self._surroundings.reporter.warn(f"event {request_id} cannot be kept: {exc}")
            return False
        return True

    def _whereabouts(self, kept: bool) -> str:  # noqa: FBT001 (a plain fact)
        if kept and self._dead_letters is not None:
            return f"kept in {self._dead_letters.path}"
        return "lost" if self._dead_letters else "lost; --dead-letter-file would keep it"

    def _note(self, event: Event) -> Event:
        """Remember how far an event is, for `stop`."""
        task = asyncio.current_task()
        if task is not None:
            self._events[task] = event
        return event

    def _forget(self, task: asyncio.Task[None]) -> None:
        del self._events[task]
