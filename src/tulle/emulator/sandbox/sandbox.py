"""Owns `Sandbox`: the place where the children of one execution environment run."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tulle.emulator.sandbox.memory import held_kb
from tulle.emulator.sandbox.processor_time import processor_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tulle.emulator.sandbox.control_group import ControlGroup
    from tulle.emulator.sandbox.processor_time import ProcessorTime

__all__ = ["Command", "Companion", "Sandbox"]

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a child runs, and with what."""

    words: tuple[str, ...]
    folder: Path | str
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Companion:
    """A program that runs beside the child.

    Args:
        number: which of those that ever ran in its sandbox.
        exited: gives its exit code.
    """

    number: int
    exited: asyncio.Future[int]


class Sandbox:
    """Where the children of one execution environment run, one after the other.

    What one leaves in `/tmp`, the next finds; what one leaves running ends with it.
    """

    def __init__(self, channel: socket.socket, group: ControlGroup | None) -> None:
        self._channel = channel
        self._group = group
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._ended: asyncio.Future[int] | None = None
        self._companions: list[asyncio.Future[int]] = []
        self._listener = asyncio.create_task(self._listen())
        self._folder: str | None = None
        self._keeper = 0

    async def prepare(
        self, *, mount: bool, kept: tuple[str, ...], tmp_mb: int, root: Path | None = None
    ) -> None:
        """Make its `/tmp`, or its whole root.

        Raises:
            OSError: the system is out of something.
        """
        self._send(
            {
                "do": "prepare",
                "mount": mount,
                "kept": kept,
                "tmp_bytes": tmp_mb * _MIB,
                "group": str(self._group.path) if self._group else None,
                "root": str(root) if root else None,
            }
        )
        answer = await self._answer()
        self._keeper, self._folder = answer["keeper"], answer["folder"]

    @property
    def kills(self) -> int:
        """Count what the kernel ended here because it held too much memory."""
        return 0 if self._group is None else self._group.kills

    def held_kb(self, *, limit_kb: int) -> int:
        """Tell how much memory all that runs here holds, or one of it ever held by itself."""
        if self._group is None:
            return held_kb(self._keeper, limit_kb=limit_kb)
        return max(self._group.held_kb, held_kb(self._keeper, limit_kb=limit_kb))

    def processor_time(self) -> ProcessorTime:
        """Tell how much processor time all that runs here has used."""
        return processor_time(self._keeper)

    @property
    def usable(self) -> bool:
        """Tell whether a child can start here."""
        return not self._listener.done()

    async def start(self, command: Command, log: int) -> asyncio.Future[int]:
        """Start a child that writes to `log`; the future gives its exit code.

        It does so when nothing that the child started runs any more.

        Raises:
            OSError: the program or the folder is not there.
        """
        self._ended = ended = asyncio.get_running_loop().create_future()
        self._send(self._start_of(command), log)
        await self._answer()
        return ended

    async def start_companion(self, command: Command, log: int) -> Companion:
        """Start a program beside the child, before it. Then the child's end is not that of all that it started.

        Raises:
            OSError: the program or the folder is not there.
        """
        ended = asyncio.get_running_loop().create_future()
        number = len(self._companions)
        self._companions.append(ended)
        self._send({**self._start_of(command), "companion": number}, log)
        await self._answer()
        return Companion(number=number, exited=ended)

    def signal(self, number: int, companion: Companion | None = None) -> None:
        """Signal a companion, or the child, with all that are in its group of processes."""
        whom = None if companion is None else companion.number
        with contextlib.suppress(ConnectionError):  # the keeper is gone, and with it all
            self._send({"do": "signal", "signal": number, "companion": whom})

    def kill(self) -> None:
        """End the child, if one runs, with all that it started."""
        with contextlib.suppress(ConnectionError):  # the keeper is gone, and with it all
            self._send({"do": "kill"})

    async def close(self) -> None:
        """End all that runs here, and let go of the place."""
        with contextlib.suppress(OSError):  # the keeper may be gone
            self._channel.shutdown(socket.SHUT_WR)
        await self._listener
        self._channel.close()
        # Mostly the keeper has done this; one that was ended from outside has not.
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        if self._group is not None:
            self._group.remove()

    def _start_of(self, command: Command) -> dict[str, Any]:
        variables = dict(command.variables)
        if self._folder is not None:
            variables.setdefault("TMPDIR", self._folder)
        return {
            "do": "start",
            "command": command.words,
            "folder": str(command.folder),
            "variables": variables,
        }

    def _send(self, request: dict[str, Any], *fds: int) -> None:
        socket.send_fds(self._channel, [json.dumps(request).encode() + b"\n"], fds)

    async def _answer(self) -> dict[str, Any]:
        answer = await self._answers.get()
        if not answer:
            raise OSError("the keeper of the execution environment is gone")
        if "failed" in answer:
            raise OSError(answer["failed"], os.strerror(answer["failed"]), answer["place"])
        return answer

    async def _listen(self) -> None:
        """Hear the keeper, until it is gone."""
        loop = asyncio.get_running_loop()
        unread = b""
        with contextlib.suppress(ConnectionError):  # it was ended before it read all
            while content := await loop.sock_recv(self._channel, 1 << 16):
                *lines, unread = (unread + content).split(b"\n")
                for message in map(json.loads, lines):
                    self._take_in(message)
        self._answers.put_nowait({})
        self._tell_end(self._ended, -signal.SIGKILL)
        for companion in self._companions:
            self._tell_end(companion, -signal.SIGKILL)

    def _take_in(self, message: dict[str, Any]) -> None:
        if "ended" in message:
            number = message.get("companion")
            whose = self._ended if number is None else self._companions[number]
            self._tell_end(whose, message["ended"])
        else:
            self._answers.put_nowait(message)

    @staticmethod
    def _tell_end(ended: asyncio.Future[int] | None, code: int) -> None:
        if ended is not None and not ended.done():
            ended.set_result(code)
