"""Owns `Load`: many requests at once to the function, as many clients would send them."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

from tulle.console.load_result import Answered, LoadResult, LoadState
from tulle.console.refusal import Refusal
from tulle.emulator.happening import Began, Ended, EnvironmentsCounted, Logged
from tulle.errors import TooManyInvocations

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.console.json_text import Json
    from tulle.emulator.happening import Happening
    from tulle.emulator.invocation import Request
    from tulle.emulator.outcome import Answer

__all__ = ["Invoker", "Load"]

_TELL_EVERY_S = 0.1
# A client that is refused waits before it asks again, or it would do nothing but be refused.
_PAUSE_S = 0.1


class Invoker(Protocol):
    """Runs the function."""

    def request(self, payload: bytes) -> Request:
        """Make a request of a payload."""

    async def ask(self, request: Request) -> Answer:
        """Run it and give its answer, or raise `TooManyInvocations`."""


class Load:
    """The load run, of which there is one at a time; the last one stays to be looked at.

    Its invocations are too many for the history, so it hears of them itself.
    """

    def __init__(self, *, now_s: Callable[[], float], tell: Callable[[str, Json], None]) -> None:
        self._now_s = now_s
        self._tell = tell
        self._result: LoadResult | None = None
        self._running: asyncio.Task[None] | None = None
        self._left = 0
        self._ids: set[str] = set()
        self._cold: set[str] = set()

    def start(
        self, invoker: Invoker, payload: bytes, *, requests: int, concurrency: int
    ) -> dict[str, Json]:
        """Begin a run, and describe it."""
        if self._running is not None:
            raise Refusal(
                409, "a load run is under way already", hint="wait for its end, or stop it"
            )
        started_at_ms = int(self._now_s() * 1000)
        result = LoadResult(requests=requests, concurrency=concurrency, started_at_ms=started_at_ms)
        self._result = result
        self._left = requests
        clients = min(concurrency, requests)
        self._running = asyncio.create_task(self._run(invoker, payload, result, clients))
        return result.describe()

    async def stop(self) -> dict[str, Json]:
        """Begin no more requests; what runs in the function goes on to its end."""
        if self._running is None or self._result is None:
            raise Refusal(404, "no load run is under way", hint="start one")
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        return self._result.describe()

    @property
    def is_running(self) -> bool:
        """Tell whether a run is under way."""
        return self._running is not None

    def describe(self) -> Json:
        """Describe the last run, with all of its samples; None where there was none."""
        return None if self._result is None else self._result.describe()

    def tell_news(self) -> None:
        """Tell what has been measured since this was told last."""
        if self._result is not None:
            self._tell("load", self._result.describe_news())

    def takes(self, happening: Happening) -> bool:
        """Hear what happened, and tell whether it is of a load run and nobody else's."""
        if not self._ids and not self.is_running:
            return False
        match happening:
            case Began(request=request, cold=cold) if request.request_id in self._ids:
                if cold:
                    self._cold.add(request.request_id)
                return True
            case Ended(invocation=invocation) if invocation.request_id in self._ids:
                self._ids.discard(invocation.request_id)
                return True
            case Logged(request_id=str(request_id)):
                return request_id in self._ids
            case EnvironmentsCounted(busy=busy, idle=idle):
                if self.is_running and self._result is not None:
                    self._result.note_environments(busy, idle)
        return False

    async def _run(
        self, invoker: Invoker, payload: bytes, result: LoadResult, clients: int
    ) -> None:
        pending = {
            asyncio.create_task(self._client(invoker, payload, result)) for _ in range(clients)
        }
        state = LoadState.STOPPED
        try:
            while pending:
                done, pending = await asyncio.wait(pending, timeout=_TELL_EVERY_S)
                for client in done:
                    client.result()
                self.tell_news()
            state = LoadState.DONE
        finally:
            for client in pending:
                client.cancel()
            self._running = None
            result.end(state)
            self.tell_news()

    async def _client(self, invoker: Invoker, payload: bytes, result: LoadResult) -> None:
        while self._left > 0:
            self._left -= 1
            request = invoker.request(payload)
            self._ids.add(request.request_id)
            began_s = time.perf_counter()
            try:
                answer = await invoker.ask(request)
            except TooManyInvocations:
                self._ids.discard(request.request_id)
                result.add(Answered.THROTTLED, _since_ms(began_s), cold=False)
                await asyncio.sleep(_PAUSE_S if self._left else 0)
                continue
            latency_ms = _since_ms(began_s)
            cold = request.request_id in self._cold
            self._cold.discard(request.request_id)
            result.add(
                Answered.OK if answer.error_type is None else Answered.ERROR, latency_ms, cold=cold
            )
            if answer.error_type is not None:
                result.note_error(answer.error_type, answer.body)


def _since_ms(began_s: float) -> float:
    return (time.perf_counter() - began_s) * 1000
