"""Owns `Subscriber`: events on their way to an extension, in batches."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.emulator.telemetry.subscription import Subscription

__all__ = ["Loss", "Subscriber"]

# An extension may subscribe a moment before it listens.
_PAUSES_S = (0.05, 0.2, 0.5)
_PATIENCE_S = 5.0
_MOST_BATCHES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What could not be given to an extension."""

    records: int
    size_bytes: int
    reason: str


class Subscriber:
    """Posts events to an extension: in order, batch by batch, each when it is full or old enough.

    Args:
        tell_of_loss: makes an event of what was lost before; it goes with the next batch.
    """

    def __init__(self, subscription: Subscription, tell_of_loss: Callable[[Loss], bytes]) -> None:
        self.subscription = subscription
        self._tell_of_loss = tell_of_loss
        self._events: list[bytes] = []
        self._size_bytes = 0
        self._batches: deque[tuple[bytes, ...]] = deque()
        self._lost: list[Loss] = []
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None

    def add(self, event: bytes) -> None:
        """Take in an event, which is JSON."""
        self._events.append(event)
        self._size_bytes += len(event)
        wanted = self.subscription
        if len(self._events) >= wanted.max_items or self._size_bytes >= wanted.max_bytes:
            self._close_batch()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(wanted.timeout_s, self._close_batch)

    async def flush(self, *, limit_s: float) -> None:
        """Send what there is now, and wait a while until it is sent."""
        self._close_batch()
        if self._sending is not None:
            await asyncio.wait({self._sending}, timeout=limit_s)

    async def stop(self) -> None:
        """Send nothing more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.wait({self._sending})

    def _close_batch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._events:
            return
        batch = tuple(self._events)
        self._events, self._size_bytes = [], 0
        if len(self._batches) >= _MOST_BATCHES:
            self._note_loss(batch, "the extension takes events in more slowly than they come")
            return
        self._batches.append(batch)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send_all())

    async def _send_all(self) -> None:
        while self._batches:
            batch = self._batches.popleft()
            told, self._lost = self._lost, []
            problem = await self._send((*map(self._tell_of_loss, told), *batch))
            if problem is not None:
                self._lost = told
                self._note_loss(batch, problem)

    async def _send(self, events: tuple[bytes, ...]) -> str | None:
        """Post events, or say why that did not work."""
        problem = None
        for pause_s in (*_PAUSES_S, None):
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    status = await _post(self.subscription, b"[" + b",".join(events) + b"]")
            except (OSError, ValueError, TimeoutError) as exc:
                problem = str(exc) or "the extension did not answer"
            else:
                if status < 400:
                    return None
                problem = f"the extension answered {status}"
            if pause_s is not None:
                await asyncio.sleep(pause_s)
        return problem

    def _note_loss(self, batch: tuple[bytes, ...], reason: str) -> None:
        loss = Loss(records=len(batch), size_bytes=sum(map(len, batch)), reason=reason)
        self._lost.append(loss)


async def _post(to: Subscription, body: bytes) -> int:
    """Post JSON to where an extension listens, and give the status of its answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", to.port)
    try:
        lines = (
            f"POST {to.path} HTTP/1.1",
            f"Host: sandbox.localdomain:{to.port}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Connection: close",
        )
        writer.write("\r\n".join((*lines, "", "")).encode() + body)
        await writer.drain()
        answer = await reader.readline()
        return int(answer.split()[1]) if answer.startswith(b"HTTP/1.") else 500
    except IndexError as exc:
        raise ValueError("the extension answered no HTTP") from exc
    finally:
        writer.close()
