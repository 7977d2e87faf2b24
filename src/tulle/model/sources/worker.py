"""Owns how a child that does heavy work is talked to, on the child's side.

Requests are JSON lines on stdin, answered in turn by JSON lines on stdout: any number of `{"step": text}` and
`{"note": text}`, then one `{"result": …}` or `{"error": {code, message, hint, detail}}`. What libraries print goes
to stderr.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import traceback
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from tulle.errors import ConversionFailed, TulleError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NO_ROOM", "Worker", "serve", "unforeseen"]

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a full disk, a quota and a limit of file sizes are called."""


class Worker(Protocol):
    """What a child does."""

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what a request asks for."""


def serve(start: Callable[[Callable[[str, str], None]], Worker]) -> None:
    """Answer requests until stdin ends.

    Args:
        start: makes the worker at the first request; it is given a function that tells steps and notes.
    """
    channel = _take_stdout()
    worker: Worker | None = None

    def tell(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    for line in sys.stdin:
        try:
            worker = worker or start(lambda kind, text: tell({kind: text}))
            tell({"result": worker.answer(json.loads(line))})
        except TulleError as exc:
            tell({"error": _as_data(exc)})
        except Exception as exc:  # noqa: BLE001 (a process of its own: whatever happens is told to its parent)
            tell({"error": _as_data(unforeseen(exc, "the conversion"))})


def unforeseen(exc: Exception, subject: str) -> TulleError:
    """Make an error of one that nobody thought of, or of a disk without room."""
    if isinstance(exc, OSError) and exc.errno in NO_ROOM:
        return ConversionFailed(
            f"there is no room for the result ({(exc.strerror or str(exc)).lower()})",
            hint="make room on that disk, or name a place on another with --output",
        )
    return ConversionFailed(
        f"{subject} failed: {type(exc).__name__}",
        hint="see all that it says with --verbose",
        detail="".join(traceback.format_exception(exc)[-3:]).strip()[-2000:],
    )


def _take_stdout() -> TextIO:
    """Keep stdout for answers: whatever else is printed, by C++ too, goes to stderr from now on."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return channel


def _as_data(error: TulleError) -> dict[str, Any]:
    return {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "detail": error.detail,
    }
