"""Owns `Warden`: the program that keeps the sandboxes, from its start to its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tulle.emulator.sandbox.control_group import find_parent, make_group
from tulle.emulator.sandbox.kept import kept_folders
from tulle.emulator.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from tulle.emulator.function import Function
    from tulle.emulator.sandbox.control_group import ControlGroup
    from tulle.emulator.sandbox.isolation import Isolation

__all__ = ["Warden"]

_SOURCES = Path(__file__).parents[3]
_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from tulle.emulator.sandbox.keeper.program import main; main()"
)


class Warden:
    """The program that keeps the sandboxes.

    It starts with the first of them, if not before, and again where it was ended from outside.
    """

    def __init__(self, isolation: Isolation) -> None:
        self._isolation = isolation
        self._starting = asyncio.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._groups: Path | None = None
        self._mount_problem: str | None = None
        self.root_problem: str | None = None
        """Why environments cannot have roots of their own; known when it has started."""

    async def start(self) -> str:
        """Start it, if it does not run, and tell in a line how environments are kept apart."""
        async with self._starting:
            if self._process is None or self._process.poll() is not None:
                await self._start()
        return self._description()

    async def open(self, function: Function) -> Sandbox:
        """Make a place for one execution environment of a function.

        Raises:
            OSError: the system is out of something.
        """
        await self.start()
        if self._control is None:
            raise RuntimeError("a warden that is stopped opens nothing")
        root = None if function.image is None else function.image.root
        kept = () if root else kept_folders(function)
        mount = self._mount_problem is None and kept is not None
        group = self._make_group(function.memory_mb)
        channel, remote = _socket_pair()
        with remote:
            socket.send_fds(self._control, [b"+"], [remote.fileno()])
        sandbox = Sandbox(channel, group)
        try:
            await sandbox.prepare(
                mount=mount, kept=kept or (), tmp_mb=self._isolation.tmp_mb, root=root
            )
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

    async def _start(self) -> None:
        self._groups = find_parent() if self._isolation.control_groups else None
        trial = self._make_group(self._isolation.tmp_mb)
        if self._control is not None:
            self._control.close()
        self._control, remote = _socket_pair()
        with remote:
            self._process = _launch(
                str(remote.fileno()),
                str(trial.path) if trial else "",
                str(self._isolation.passing or ""),
                channel=remote.fileno(),
            )
        try:
            found = await self._hear_findings(self._control)
        finally:
            if trial:
                trial.remove()
        self._mount_problem = found["mounts"] if self._isolation.mounts else "not wanted"
        self.root_problem = found["roots"] if self._isolation.mounts else "not wanted"
        if found["groups"]:
            self._groups = None

    @staticmethod
    async def _hear_findings(control: socket.socket) -> dict[str, Any]:
        content = await asyncio.get_running_loop().sock_recv(control, 4096)
        if not content:
            raise OSError("the program that keeps execution environments does not start")
        findings: dict[str, Any] = json.loads(content)
        return findings

    def _make_group(self, memory_mb: int) -> ControlGroup | None:
        if self._groups is not None:
            with contextlib.suppress(OSError):  # then it is watched, as where there are no groups
                return make_group(self._groups, memory_mb=memory_mb, tmp_mb=self._isolation.tmp_mb)
        return None

    def _description(self) -> str:
        tmp = f"a /tmp of its own, of {self._isolation.tmp_mb} MB"
        if self._mount_problem:
            tmp = (
                "a folder of its own for temporary files, without a bound, "
                f"for /tmp cannot be mounted here ({self._mount_problem})"
            )
        memory = (
            "watched" if self._groups is None else "watched, and bounded by the kernel (cgroup v2)"
        )
        return f"each execution environment has {tmp}; its memory is {memory}"


def _launch(*arguments: str, channel: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-E", "-c", _PROGRAM, str(_SOURCES), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=(channel,),
        start_new_session=True,  # an interrupt from the terminal is not for it
    )


def _socket_pair() -> tuple[socket.socket, socket.socket]:
    local, remote = socket.socketpair()
    local.setblocking(False)  # noqa: FBT003 (as the system calls it)
    return local, remote
