"""Owns finishing what must not be left half done, though somebody presses Ctrl-C."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

    from tulle.progress import Reporter

    _Handler = Callable[[int, FrameType | None], object] | int | None

__all__ = ["let_finish", "stopped_as_interrupted"]


@contextmanager
def let_finish(reporter: Reporter) -> Iterator[None]:
    """Let an interrupt wait until the block is done; only the main thread can, for only it hears them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    interrupted = False

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        reporter.note("wait a moment: it stops when this is done")

    before = [
        (number, signal.signal(number, note))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    try:
        yield
    finally:
        _put_back(before)
    if interrupted:
        raise KeyboardInterrupt


@contextmanager
def stopped_as_interrupted() -> Iterator[None]:
    """Let what ends a job in CI or closes a terminal do what Ctrl-C does, so that nothing is left half done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = [
        (number, signal.signal(number, signal.default_int_handler))
        for number in (signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN  # as `nohup` has it
    ]
    try:
        yield
    finally:
        _put_back(before)


def _put_back(handlers: Iterable[tuple[signal.Signals, _Handler]]) -> None:
    for number, handler in handlers:
        signal.signal(number, handler)
