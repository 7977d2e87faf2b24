"""Owns turning a fork of a keeper into the function's program."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import resource
import signal

from tulle.emulator.sandbox.keeper.system import LAMBDAS_IDS, end_with_parent, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

__all__ = ["become"]

_OPEN_FILES = 1024


def _listen_to_signals() -> None:
    """Ignore and block none: a child would do as we do, and we perhaps as `nohup` or a shell had us do."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)


def become(request: dict[str, Any], log: int, told: int) -> NoReturn:
    """Turn this fork into the child's program, in its group and its root, or tell why not."""
    command, place = request["command"], request["command"][0]
    try:
        signal.set_wakeup_fd(-1)
        _listen_to_signals()
        os.setsid()
        if request["group"]:
            write(f"{request['group']}/cgroup.procs", "0")
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no file
        _limit_open_files()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        if request["root"]:
            _enter(request["root"])
        end_with_parent()  # forgotten where the user changes
        place = request["folder"]
        os.chdir(place)
        place = command[0]
        _execute(command, request["variables"])
    except OSError as exc:
        os.write(told, json.dumps({"failed": exc.errno, "place": place}).encode())
    finally:
        os._exit(127)


def _enter(root: str) -> None:
    """Go into a root, as Lambda's user and without any capability: nothing is imported after this."""
    os.chroot(root)
    os.chdir("/")  # until here it works outside
    if os.geteuid() == 0:  # else it is that user already, in a namespace
        user, group = LAMBDAS_IDS
        os.fchown(1, user, group)  # so that `/dev/stdout` can be opened
        os.setgroups(())
        os.setgid(group)
        os.setuid(user)


def _execute(command: list[str], variables: dict[str, str]) -> None:
    """Become a program; where it is no path, one that is found in `PATH`."""
    if "/" in command[0]:
        os.execve(command[0], command, variables)  # noqa: S606 (no shell is wanted)
    for folder in variables.get("PATH", "").split(":"):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            os.execve(f"{folder or '.'}/{command[0]}", command, variables)  # noqa: S606 (as above)
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


def _limit_open_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
