"""Owns what the keepers ask of Linux and of each other."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from typing import Any

__all__ = [
    "LAMBDAS_IDS",
    "LIBC",
    "adopt_orphans",
    "check",
    "children",
    "descendants",
    "end_with_parent",
    "send",
    "wake_when_children_end",
    "write",
]

LAMBDAS_IDS = (993, 990)  # the user and the group as whom functions run on Lambda
LIBC = ctypes.CDLL(None, use_errno=True)
# Of Linux's sys/prctl.h.
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def wake_when_children_end() -> int:
    """Give a file that can be read whenever a child has ended."""
    wakened, waker = os.pipe()
    os.set_blocking(wakened, False)
    os.set_blocking(waker, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    return wakened


def adopt_orphans() -> None:
    """Let whatever loses its parent below this process become its child."""
    _control_process(_PR_SET_CHILD_SUBREAPER, 1)


def end_with_parent() -> None:
    """Let this process be killed when its parent ends."""
    _control_process(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _control_process(option: int, value: int) -> None:
    if sys.platform == "linux":
        check(LIBC.prctl(option, ctypes.c_ulong(value), 0, 0, 0))


def write(path: str, content: str) -> None:
    """Write a file."""
    with open(path, "w") as file:  # noqa: PTH123 (as above)
        file.write(content)


def check(result: int) -> None:
    """Raise what a call of the C library complains of."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def descendants(pid: int) -> Iterator[int]:
    """List the processes that a process started, and those that these did."""
    for child in children(pid):
        yield child
        yield from descendants(child)


def children(pid: int) -> list[int]:
    """List the processes that a process started."""
    found: list[int] = []
    with contextlib.suppress(OSError):  # it ended meanwhile, or this system has no /proc
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 (as above)
            with open(f"/proc/{pid}/task/{thread}/children") as file:  # noqa: PTH123 (as above)
                found.extend(map(int, file.read().split()))
    return found


def send(channel: socket.socket, message: dict[str, Any]) -> None:
    """Send a line of JSON."""
    with contextlib.suppress(ConnectionError):  # whoever is gone is heard to be gone
        channel.sendall(json.dumps(message).encode() + b"\n")
