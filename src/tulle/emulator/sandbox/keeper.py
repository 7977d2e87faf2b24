"""Owns the program that keeps execution environments: a child in each, and nothing left after it.

It runs alone, on the standard library, under `python -I -S -E`. Its arguments are a socket to the
emulator, a control group to try, and a folder that it removes when all has ended; the last two may be
empty. For every socket that comes over the first it forks a keeper. A keeper talks over its own
socket, in lines of JSON, and ends when that is closed, also when the emulator is killed: then its
child, all that the child started and its files are gone.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, NoReturn

__all__ = ["main"]

_TMP = "/tmp"  # noqa: S108 (Lambda's own)
_OPEN_FILES = 1024
_REQUEST_BYTES = 1 << 20
_LIBC = ctypes.CDLL(None, use_errno=True)
# Linux: sched.h, sys/mount.h, sys/prctl.h
_CLONE_NEWNS, _CLONE_NEWUSER = 0x20000, 0x10000000
_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_SLAVE = 0x2, 0x4, 0x1000, 0x4000, 0x80000
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def main() -> None:
    """Tell what is not allowed here; then fork a keeper for each socket that comes."""
    number, group, passing = sys.argv[1:]
    control = socket.socket(fileno=int(number))
    control.set_inheritable(False)
    mounts = _why_not(lambda: _mount_tmp(4096, []))
    groups = _why_not(lambda: _write(f"{group}/cgroup.procs", "0")) if group else None
    _send(control, {"mounts": mounts, "groups": groups})
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for keepers
    _control_process(_PR_SET_CHILD_SUBREAPER, 1)
    keepers: set[int] = set()
    while fds := socket.recv_fds(control, 1, 1)[1]:
        channel = socket.socket(fileno=fds[0])
        _end_strays(keepers)
        pid = os.fork()
        if pid == 0:
            control.close()
            channel.set_inheritable(False)
            _Keeper(channel).run()
            os._exit(0)
        keepers.add(pid)
        channel.close()
    while _end_strays(keepers):
        time.sleep(0.002)
    if passing:
        shutil.rmtree(passing, ignore_errors=True)


def _end_strays(keepers: set[int]) -> bool:
    """End what lost its keeper, which the function may have ended; tell whether anything runs."""
    children = set(_children(os.getpid()))
    keepers &= children
    for pid in children - keepers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(children)


class _Keeper:
    """Keeps one execution environment: its `/tmp`, one child after the other, all that they start."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._child = 0
        self._folder: str | None = None
        self._group: str | None = None
        self._unread = b""
        self._logs: list[int] = []
        self._wakened, waker = os.pipe()
        os.set_blocking(self._wakened, False)
        os.set_blocking(waker, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        _control_process(_PR_SET_CHILD_SUBREAPER, 1)

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
                case "kill":
                    self._end_all()
        return bool(content)

    def _prepare(self, request: dict[str, Any]) -> None:
        self._group = request["group"]
        if request["mount"]:
            _mount_tmp(request["tmp_bytes"], request["kept"])
        else:
            self._folder = tempfile.mkdtemp(prefix="tulle-tmp-")
        _send(self._channel, {"keeper": os.getpid(), "folder": self._folder})

    def _start(self, request: dict[str, Any], log: int) -> None:
        heard, told = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            _become(request, log, told, self._group)
        os.close(told)
        problem = os.read(heard, 4096)  # ends when the child has become its program
        os.close(heard)
        if problem:
            os.waitpid(self._child, 0)
            self._child = 0
        _send(self._channel, json.loads(problem) if problem else {"started": self._child})

    def _reap(self) -> bool:
        """Take leave of what has ended; tell whether anything still runs."""
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return True
                if pid == self._child:
                    self._child = 0
                    self._end_all()
                    _send(self._channel, {"ended": os.waitstatus_to_exitcode(status)})
        return False

    def _end_all(self) -> None:
        """End whatever runs here. What loses its parent becomes this process's child."""
        if self._child:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child, signal.SIGKILL)
        if self._group:
            with contextlib.suppress(OSError):  # a kernel before 5.14 has no such file
                _write(f"{self._group}/cgroup.kill", "1")
        pause_s = 0.0005
        while self._reap():
            for pid in _descendants(os.getpid()):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, 0.05)


def _listen_to_signals() -> None:
    """Ignore and block none: a child would do as we do, and we perhaps as `nohup` or a shell had us do."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)


def _become(request: dict[str, Any], log: int, told: int, group: str | None) -> NoReturn:
    """Turn this fork into the child's program, or tell why not."""
    command, place = request["command"], request["command"][0]
    try:
        signal.set_wakeup_fd(-1)
        _listen_to_signals()
        os.setsid()
        _control_process(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if group:
            _write(f"{group}/cgroup.procs", "0")
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no file
        _limit_open_files()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        place = request["folder"]
        os.chdir(place)
        place = command[0]
        os.execve(place, command, request["variables"])  # noqa: S606 (no shell is wanted)
    except OSError as exc:
        os.write(told, json.dumps({"failed": exc.errno, "place": place}).encode())
    finally:
        os._exit(127)


def _limit_open_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


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


def _mount_tmp(size_bytes: int, kept: list[str]) -> None:
    """Give this process a `/tmp` of its own, in which some folders of the real one remain."""
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    _unshare()
    _mount(None, "/", None, _MS_REC | _MS_SLAVE)
    # Taken before they are covered; O_PATH asks for no more than to reach them.
    places = [(path, os.open(path, os.O_PATH)) for path in kept]
    _mount("tmpfs", _TMP, "tmpfs", _MS_NOSUID | _MS_NODEV, f"mode=1777,size={size_bytes}")
    for path, fd in places:
        os.makedirs(path, exist_ok=True)  # noqa: PTH103 (as above)
        _mount(f"/proc/self/fd/{fd}", path, None, _MS_BIND | _MS_REC)
        os.close(fd)


def _unshare() -> None:
    """Have mounts of one's own; where that needs a user namespace, be in it who one is outside."""
    user, group = os.geteuid(), os.getegid()
    if user == 0 and _LIBC.unshare(_CLONE_NEWNS) == 0:
        return
    if _LIBC.unshare(_CLONE_NEWUSER | _CLONE_NEWNS) != 0:
        # Where namespaces are forbidden by their number, Linux says that no space is left.
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))
    for name, content in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        _write(f"/proc/self/{name}", content)


def _mount(
    source: str | None, target: str, kind: str | None, flags: int, settings: str | None = None
) -> None:
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    _check(_LIBC.mount(*texts, ctypes.c_ulong(flags), settings and settings.encode()))


def _control_process(option: int, value: int) -> None:
    if sys.platform == "linux":
        _check(_LIBC.prctl(option, ctypes.c_ulong(value), 0, 0, 0))


def _write(path: str, content: str) -> None:
    with open(path, "w") as file:  # noqa: PTH123 (as above)
        file.write(content)


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _descendants(pid: int) -> Iterator[int]:
    for child in _children(pid):
        yield child
        yield from _descendants(child)


def _children(pid: int) -> list[int]:
    children: list[int] = []
    with contextlib.suppress(OSError):  # it ended meanwhile, or this system has no /proc
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 (as above)
            with open(f"/proc/{pid}/task/{thread}/children") as file:  # noqa: PTH123 (as above)
                children.extend(map(int, file.read().split()))
    return children


def _send(channel: socket.socket, message: dict[str, Any]) -> None:
    with contextlib.suppress(ConnectionError):  # whoever is gone is heard to be gone
        channel.sendall(json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    main()
