"""Owns `Keeper`: it keeps one execution environment, in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import tempfile
import time

from tulle.emulator.sandbox.keeper.mounts import TMP, furnish, mount_tmp, unshare
from tulle.emulator.sandbox.keeper.start import become
from tulle.emulator.sandbox.keeper.system import (
    LAMBDAS_IDS,
    adopt_orphans,
    descendants,
    send,
    wake_when_children_end,
    write,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Keeper"]

_REQUEST_BYTES = 1 << 20


class Keeper:
    """Keeps one execution environment: its place, one child after the other, all that they start."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._child = 0
        self._companions: dict[int, int] = {}  # the numbers of the programs beside the child
        self._folder: str | None = None
        self._group: str | None = None
        self._root: str | None = None
        self._unread = b""
        self._logs: list[int] = []
        self._wakened = wake_when_children_end()
        adopt_orphans()

    def run(self) -> None:
        """Do what the emulator asks, until it closes the channel."""
        try:
            while True:
                ready, _, _ = select.select([self._channel.fileno(), self._wakened], [], [])
                if self._wakened in ready:
                    os.read(self._wakened, 512)
                    self._reap()
                if self._channel.fileno() in ready and not self._answer_requests():
                    return
        except ConnectionError:
            pass  # the emulator is gone
        finally:
            self._end_all()
            if self._folder:
                shutil.rmtree(self._folder, ignore_errors=True)
            if self._group:
                with contextlib.suppress(OSError):
                    os.rmdir(self._group)  # noqa: PTH106 (pathlib costs a start)

    def _answer_requests(self) -> bool:
        content, fds, *_ = socket.recv_fds(self._channel, _REQUEST_BYTES, 1)
        for fd in fds:
            os.set_inheritable(fd, False)  # noqa: FBT003 (as the system calls it)
            self._logs.append(fd)
        *lines, self._unread = (self._unread + content).split(b"\n")
        for line in lines:
            request = json.loads(line)
            match request["do"]:
                case "prepare":
                    self._prepare(request)
                case "start":
                    log = self._logs.pop()
                    self._start(request, log)
                    os.close(log)
                case "signal":
                    self._signal(request["companion"], request["signal"])
                case "kill":
                    self._end_all()
        return bool(content)

    def _prepare(self, request: dict[str, Any]) -> None:
        self._group, self._root = request["group"], request["root"]
        try:
            if self._root:
                unshare(LAMBDAS_IDS)
                furnish(self._root, request["tmp_bytes"])
            elif request["mount"]:
                mount_tmp(request["tmp_bytes"], request["kept"])
            else:
                self._folder = tempfile.mkdtemp(prefix="tulle-tmp-")
        except OSError as exc:
            send(self._channel, {"failed": exc.errno, "place": self._root or TMP})
        else:
            send(self._channel, {"keeper": os.getpid(), "folder": self._folder})

    def _start(self, request: dict[str, Any], log: int) -> None:
        heard, told = os.pipe()
        pid = os.fork()
        if pid == 0:
            become({**request, "group": self._group, "root": self._root}, log, told)
        os.close(told)
        problem = os.read(heard, 4096)  # ends when the child has become its program
        os.close(heard)
        companion = request.get("companion")
        if problem:
            os.waitpid(pid, 0)
        elif companion is None:
            self._child = pid
        else:
            self._companions[pid] = companion
        send(self._channel, json.loads(problem) if problem else {"started": pid})

    def _signal(self, companion: int | None, number: int) -> None:
        """Signal the child or one of its companions, with all that are in its group."""
        pids = [pid for pid, its_number in self._companions.items() if its_number == companion]
        for pid in [self._child] if companion is None else pids:
            if pid:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, number)

    def _reap(self) -> bool:
        """Take leave of what has ended; tell whether anything still runs."""
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return True
                if pid == self._child:
                    self._child = 0
                    self._end_rest_of(pid)
                    send(self._channel, {"ended": os.waitstatus_to_exitcode(status)})
                elif pid in self._companions:
                    number, code = self._companions.pop(pid), os.waitstatus_to_exitcode(status)
                    send(self._channel, {"companion": number, "ended": code})
        return False

    def _end_rest_of(self, child: int) -> None:
        """End what a child left behind: all that runs here, unless programs beside it go on."""
        if not self._companions:
            self._end_all()
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)

    def _end_all(self) -> None:
        """End whatever runs here. What loses its parent becomes this process's child."""
        for pid in (self._child, *self._companions):
            if pid:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
        if self._group:
            with contextlib.suppress(OSError):  # a kernel before 5.14 has no such file
                write(f"{self._group}/cgroup.kill", "1")
        pause_s = 0.0005
        while self._reap():
            for pid in descendants(os.getpid()):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, 0.05)
