"""Owns `Warden`: the program that keeps the sandboxes, from its start to its end."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.emulator.sandbox.kept import kept_folders
from tulle.emulator.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from tulle.emulator.function import Function
    from tulle.emulator.sandbox.isolation import Isolation

__all__ = ["Warden"]

_PROGRAM = Path(__file__).with_name("keeper.py")


class Warden:
    """The program that keeps the sandboxes. It starts with the first of them."""

    def __init__(self, isolation: Isolation) -> None:
        self._isolation = isolation
        self._starting = asyncio.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self.problem: str | None = None

    async def start(self) -> None:
        """Start it, if it does not run; then `problem` says why no `/tmp` can be mounted, if so."""
        async with self._starting:
            if self._process is not None:
                return
            self._control, remote = _socket_pair()
            with remote:
                self._process = subprocess.Popen(  # noqa: ASYNC220 (as fast as any start can be)
                    [sys.executable, "-I", "-S", "-E", str(_PROGRAM), str(remote.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=(remote.fileno(),),
                    start_new_session=True,  # an interrupt from the terminal is not for it
                )
            greeting = await asyncio.get_running_loop().sock_recv(self._control, 4096)
            if not greeting:
                raise OSError("the program that keeps execution environments does not start")
            self.problem = json.loads(greeting)["problem"]
            if not self._isolation.mounts:
                self.problem = "not wanted"

    async def open(self, function: Function) -> Sandbox:
        """Make a place for one execution environment of a function."""
        await self.start()
        if self._control is None:
            raise RuntimeError("a warden that is stopped opens nothing")
        kept = kept_folders(function)
        mount = self.problem is None and kept is not None
        channel, remote = _socket_pair()
        with remote:
            socket.send_fds(self._control, [b"+"], [remote.fileno()])
        sandbox = Sandbox(channel)
        try:
            await sandbox.prepare(mount=mount, kept=kept or (), tmp_mb=self._isolation.tmp_mb)
        except (OSError, asyncio.CancelledError):
            await sandbox.close()
            raise
        return sandbox

    async def stop(self) -> None:
        """End it; sandboxes end with their own closing."""
        if self._control is not None and self._process is not None:
            self._control.close()
            self._control = None
            await asyncio.to_thread(self._process.wait)


def _socket_pair() -> tuple[socket.socket, socket.socket]:
    local, remote = socket.socketpair()
    local.setblocking(False)  # noqa: FBT003 (as the system calls it)
    return local, remote
