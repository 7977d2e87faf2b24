"""Owns the log of an execution environment: a child's output by lines, and the tail of it."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["InvocationLog", "LogPipe"]

_TAIL_BYTES = 4096
_READ_BYTES = 1 << 20
# Others want their turn while a child writes without end, and it is the lines that take time.
_LINES_PER_TURN = 100
_LINE_LIMIT_BYTES = 256 * 1024


class InvocationLog:
    """Passes lines on and keeps the end of what one invocation wrote."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._tail = b""

    def begin(self) -> None:
        """Forget the invocation before."""
        self._tail = b""

    def line(self, text: str) -> None:
        """Log one line."""
        self._write(text)
        self._tail = (self._tail + text.encode() + b"\n")[-_TAIL_BYTES:]

    @property
    def tail(self) -> bytes:
        """The last 4 KB."""
        return self._tail


class LogPipe:
    """The pipe that is a child's stdout and stderr, read as it fills."""

    def __init__(self, line: Callable[[str], None]) -> None:
        self._line = line
        self._rest = b""
        self._turn_bytes = _READ_BYTES
        self._read_end, self.write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        asyncio.get_running_loop().add_reader(self._read_end, self._read_in_turn)

    def close_write_end(self) -> None:
        """Leave the writing to the child."""
        os.close(self.write_end)

    def write_to(self, line: Callable[[str], None]) -> None:
        """Log to somewhere else from now on."""
        self._line = line

    def drain(self) -> None:
        """Log all that was written up to now, an unfinished line included.

        One read is enough, for it takes more than a pipe can hold; to read until nothing comes
        would not end with a child that never stops writing.
        """
        self._read(_READ_BYTES)
        if self._rest:
            self._emit(self._rest.removesuffix(b"\r"))
            self._rest = b""

    def close(self) -> None:
        """Log what is left and let go of the pipe."""
        self.drain()
        asyncio.get_running_loop().remove_reader(self._read_end)
        os.close(self._read_end)

    def _read_in_turn(self) -> None:
        self._read(self._turn_bytes)

    def _read(self, limit_bytes: int) -> None:
        try:
            chunk = os.read(self._read_end, limit_bytes)
        except BlockingIOError:
            return
        if not chunk:
            asyncio.get_running_loop().remove_reader(self._read_end)
            return
        # AWS's client ends the lines of a traceback with a carriage return when it writes to stdout.
        text = self._rest + chunk
        ended = text.removesuffix(b"\r")  # its line feed may be on the way
        *lines, rest = ended.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._rest = rest + text[len(ended) :]
        self._turn_bytes = min(len(chunk) * _LINES_PER_TURN // max(len(lines), 1) + 1, _READ_BYTES)
        for line in lines:
            self._emit(line)
        if len(self._rest) > _LINE_LIMIT_BYTES:
            self._emit(self._rest)
            self._rest = b""

    def _emit(self, line: bytes) -> None:
        self._line(line.decode(errors="replace"))
