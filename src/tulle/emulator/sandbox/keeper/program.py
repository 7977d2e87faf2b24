"""Owns the program: it forks a keeper for each execution environment, and ends what loses its keeper.

It runs alone under `python -I -S -E`, on the standard library and this package. Its arguments are a
socket to the emulator, a control group to try, and a folder that it removes when all has ended; the
last two may be empty. For every socket that comes over the first it forks a keeper. A keeper talks
over its own socket, in lines of JSON, and ends when that is closed, also when the emulator is killed:
then its child, all that the child started and its files are gone.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import shutil
import signal
import socket
import sys
import time

from tulle.emulator.sandbox.keeper.keeper import Keeper
from tulle.emulator.sandbox.keeper.mounts import mount_tmp, try_root
from tulle.emulator.sandbox.keeper.system import (
    adopt_orphans,
    children,
    send,
    wake_when_children_end,
    write,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]


def main() -> None:
    """Tell what is not allowed here; then fork a keeper for each socket that comes."""
    number, group, passing = sys.argv[-3:]
    control = socket.socket(fileno=int(number))
    control.set_inheritable(False)
    _tell_what_is_allowed(control, group)
    wakened = wake_when_children_end()
    adopt_orphans()
    keepers: set[int] = set()
    while True:
        ready, _, _ = select.select([control.fileno(), wakened], [], [])
        if wakened in ready:
            os.read(wakened, 512)
            _end_strays(keepers)
        if control.fileno() in ready:
            fds = socket.recv_fds(control, 1, 1)[1]
            if not fds:
                break
            keepers.add(_fork_keeper(control, fds[0]))
    while _end_strays(keepers):
        time.sleep(0.002)
    if passing:
        shutil.rmtree(passing, ignore_errors=True)


def _tell_what_is_allowed(control: socket.socket, group: str) -> None:
    findings = {
        "mounts": _why_not(lambda: mount_tmp(4096, [])),
        "roots": _why_not(try_root),
        "groups": _why_not(lambda: write(f"{group}/cgroup.procs", "0")) if group else None,
    }
    send(control, findings)


def _fork_keeper(control: socket.socket, fd: int) -> int:
    channel = socket.socket(fileno=fd)
    pid = os.fork()
    if pid == 0:
        control.close()
        channel.set_inheritable(False)
        Keeper(channel).run()
        os._exit(0)
    channel.close()
    return pid


def _end_strays(keepers: set[int]) -> bool:
    """End what lost its keeper, which the function may have ended; tell whether anything runs."""
    with contextlib.suppress(ChildProcessError):
        while pid := os.waitpid(-1, os.WNOHANG)[0]:
            keepers.discard(pid)
    running = set(children(os.getpid()))
    for pid in running - keepers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(running)


def _why_not(attempt: Callable[[], None]) -> str | None:
    """Try something in a fork, for there is no way back."""
    pid = os.fork()
    if pid == 0:
        code = errno.ENOSYS
        try:
            attempt()
            code = 0
        except OSError as exc:
            code = exc.errno or code
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return os.strerror(code).lower() if code else None
