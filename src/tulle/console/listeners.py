"""Owns `Listeners`: who reads the stream of what goes on, and how far behind each may fall."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from tulle.console.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tulle.console.json_text import Json

__all__ = ["Listener", "Listeners"]

_LISTENERS = 32
_BACKLOG_BYTES = 4 * 1024 * 1024
_PING_S = 15.0


class Listener:
    """One reader of the stream. It begins with `first`, which tells of all that was before."""

    def __init__(self, transport: asyncio.Transport, first: bytes) -> None:
        self._transport = transport
        self._first = first
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._backlog_bytes = 0

    @property
    def is_gone(self) -> bool:
        """Tell whether nobody reads any more."""
        return self._transport.is_closing()

    def tell(self, chunk: bytes) -> None:
        """Send as soon as the reader takes it; one that is too far behind is cut off."""
        self._backlog_bytes += len(chunk)
        if self._backlog_bytes > _BACKLOG_BYTES:
            self.cut()
        else:
            self._queue.put_nowait(chunk)

    def cut(self) -> None:
        """End the stream at once, whatever the reader does."""
        self._transport.abort()
        self._queue.put_nowait(b"")  # wakes who waits for more

    async def chunks(self) -> AsyncIterator[bytes]:
        """Give what is to be sent, and from time to time a sign of life, until the stream is cut."""
        yield self._first
        while not self.is_gone:
            try:
                async with asyncio.timeout(_PING_S):
                    chunk = await self._queue.get()
            except TimeoutError:
                yield _server_sent_event("ping", {})
            else:
                self._backlog_bytes -= len(chunk)
                yield chunk


class Listeners:
    """All readers of the stream."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def add(self, transport: asyncio.Transport, snapshot: Json) -> Listener:
        """Let one more listen, from a snapshot on."""
        self._listeners = [each for each in self._listeners if not each.is_gone]
        if len(self._listeners) >= _LISTENERS:
            raise Refusal(
                503, f"{_LISTENERS} pages listen already", hint="close some of the console's tabs"
            )
        listener = Listener(transport, _server_sent_event("snapshot", snapshot))
        self._listeners.append(listener)
        return listener

    def __bool__(self) -> bool:
        """Tell whether anyone listens: nobody needs words for what nobody hears."""
        return bool(self._listeners)

    def tell(self, event: str, content: Json) -> None:
        """Tell everyone."""
        self._listeners = [each for each in self._listeners if not each.is_gone]
        if self._listeners:
            chunk = _server_sent_event(event, content)
            for listener in self._listeners:
                listener.tell(chunk)

    def cut(self) -> None:
        """End every stream at once."""
        for listener in self._listeners:
            listener.cut()


def _server_sent_event(event: str, content: Json) -> bytes:
    return f"event: {event}\ndata: {json.dumps(content, separators=(',', ':'))}\n\n".encode()
