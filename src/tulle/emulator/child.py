"""Owns one child process in its sandbox: its log, its memory and its end."""

from __future__ import annotations

import asyncio
import math
import signal
import time
from typing import TYPE_CHECKING

from tulle.emulator.function import Client
from tulle.emulator.log import LogPipe
from tulle.emulator.sandbox.sandbox import Command

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tulle.emulator.function import Function
    from tulle.emulator.sandbox.sandbox import Sandbox

__all__ = ["TIME_TO_GROW_S", "Child"]

_MODULES = {Client.AWSLAMBDARIC: "awslambdaric", Client.BOOTSTRAP: "tulle_runtime.bootstrap"}
_WATCH_S = 0.05
# In less nobody takes much memory, and a look costs a tenth of a short invocation.
TIME_TO_GROW_S = 0.005


class Child:
    """A running child. What it started ends with it."""

    def __init__(
        self, sandbox: Sandbox, pipe: LogPipe, exited: asyncio.Future[int], *, memory_mb: int
    ) -> None:
        self._sandbox = sandbox
        self._pipe = pipe
        self._limit_kb = memory_mb * 1024
        self._peak_kb = 0
        self._kills_before = sandbox.kills
        self._looked_s = -math.inf
        self._watch: asyncio.TimerHandle | None = None
        self.exited = exited

    @classmethod
    async def spawn(
        cls,
        function: Function,
        sandbox: Sandbox,
        *,
        variables: Mapping[str, str],
        line: Callable[[str], None],
    ) -> Child:
        """Start the client of the Runtime API in the function's folder.

        Raises:
            OSError: the program or the folder is not there.
        """
        pipe = LogPipe(line)
        command = _command(function, variables)
        try:
            exited = await sandbox.start(command, pipe.write_end)
        except (OSError, asyncio.CancelledError):
            pipe.close()
            raise
        finally:
            pipe.close_write_end()
        return cls(sandbox, pipe, exited, memory_mb=function.memory_mb)

    @property
    def peak_memory_mb(self) -> int:
        """The most memory that the child and its children were seen to hold; never above the limit."""
        return -(-min(self._peak_kb, self._limit_kb) // 1024)

    @property
    def out_of_memory(self) -> bool:
        """Tell whether it was seen to hold more than it may."""
        return self._peak_kb > self._limit_kb

    def drain_log(self) -> None:
        """Log all that the child wrote up to now."""
        self._pipe.drain()

    def log_to(self, line: Callable[[str], None]) -> None:
        """Log to somewhere else from now on."""
        self._pipe.write_to(line)

    def watch_memory(self) -> None:
        """Begin to end the child as soon as it, with all that it started, holds more than it may."""
        self._watch = asyncio.get_running_loop().call_later(_WATCH_S, self._look_again)

    def stop_watching(self) -> None:
        """Look at the memory for the last time in this phase, unless that was done just now."""
        if self._watch is not None:
            self._watch.cancel()
        if self.exited.done() or time.monotonic() - self._looked_s > TIME_TO_GROW_S:
            self.look_at_memory()

    def look_at_memory(self) -> None:
        """Note what is held now, and the most that each process ever held by itself."""
        self._looked_s = time.monotonic()
        held = self._sandbox.held_kb(limit_kb=self._limit_kb)
        if self._sandbox.kills > self._kills_before:
            held = self._limit_kb + 1  # it was ended before it was seen
        self._peak_kb = max(self._peak_kb, held)

    async def terminate(self, *, limit_s: float) -> None:
        """Ask the child to end, and end it where it has not after a while; what runs beside it goes on."""
        if self.exited.done():
            return
        self._sandbox.signal(signal.SIGTERM)
        await asyncio.wait({self.exited}, timeout=limit_s)
        if not self.exited.done():
            self._sandbox.signal(signal.SIGKILL)
            await self.exited

    async def kill(self) -> None:
        """End the child with all that it started, at once, as Lambda does."""
        if self._watch is not None:
            self._watch.cancel()
        self._sandbox.kill()
        await self.exited
        self._pipe.close()

    def _look_again(self) -> None:
        self.look_at_memory()
        if self.out_of_memory:
            self._sandbox.kill()
        else:
            self.watch_memory()


def _command(function: Function, variables: Mapping[str, str]) -> Command:
    if function.image is not None:
        image = function.image
        return Command(words=image.words, folder=image.folder, variables=variables)
    client = (str(function.python), "-m", _MODULES[function.client], function.handler)
    words = function.entrypoint or client
    return Command(words=words, folder=function.folder, variables=variables)
