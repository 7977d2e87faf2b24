"""Owns one child process, all that it starts, and the end of both."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.emulator.function import Client
from tulle.emulator.log import LogPipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tulle.emulator.function import Function

__all__ = ["Child"]

_MODULES = {Client.AWSLAMBDARIC: "awslambdaric", Client.BOOTSTRAP: "tulle_runtime.bootstrap"}
_PROC = Path("/proc")


class Child:
    """A running child. Its process group is its own, so that what it started ends with it."""

    def __init__(self, process: asyncio.subprocess.Process, pipe: LogPipe) -> None:
        self._process = process
        self._pipe = pipe
        self.peak_memory_mb = 0
        self.exited: asyncio.Task[int] = asyncio.create_task(self._wait())

    @classmethod
    async def spawn(
        cls, function: Function, *, variables: Mapping[str, str], line: Callable[[str], None]
    ) -> Child:
        """Start the client of the Runtime API in the function's folder.

        Raises:
            OSError: the interpreter or the folder is not there.
        """
        pipe = LogPipe(line)
        try:
            process = await asyncio.create_subprocess_exec(
                function.python,
                "-m",
                _MODULES[function.client],
                function.handler,
                cwd=function.folder,
                env=variables,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=pipe.write_end,
                stderr=pipe.write_end,
                start_new_session=True,
            )
        except (OSError, asyncio.CancelledError):
            pipe.close()
            raise
        finally:
            pipe.close_write_end()
        return cls(process, pipe)

    def drain_log(self) -> None:
        """Log all that the child wrote up to now."""
        self._pipe.drain()

    def look_at_memory(self) -> None:
        """Add up the most memory that the child and its children ever held.

        Linux forgets it with the process, so of a child that is gone the last look remains.
        """
        kilobytes = sum(_peak_kb(pid) for pid in _tree(self._process.pid))
        self.peak_memory_mb = max(self.peak_memory_mb, -(-kilobytes // 1024))

    async def kill(self) -> None:
        """End the child with all that it started, at once, as Lambda does."""
        self._kill_group()
        await self.exited
        self._pipe.close()

    async def _wait(self) -> int:
        code = await self._process.wait()
        self._kill_group()
        return code

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):  # nobody may be left
            os.killpg(self._process.pid, signal.SIGKILL)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for task in (_PROC / str(pid) / "task").glob("*/children"):
        for child in _read(task).split():
            yield from _tree(int(child))


def _peak_kb(pid: int) -> int:
    for line in _read(_PROC / str(pid) / "status").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""  # the process ended meanwhile, or this system has no /proc
