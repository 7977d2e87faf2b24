"""Owns what a user may hand to a function: a picture, the URL of one, or an event, each as the JSON that it becomes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.bundle.audit.sizes import mebibytes
from tulle.deploy.live.function import picture_event
from tulle.errors import PictureNotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ASYNC_BYTES", "SYNC_BYTES", "check_size", "read_payload"]

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
SYNC_BYTES = 6 * 1024 * 1024
"""What Lambda takes where it is asked for an answer."""
ASYNC_BYTES = 1024 * 1024
"""What it takes where it is not."""


def read_payload(what: str, stdin: Callable[[], bytes]) -> bytes:
    """Make the JSON that a function is handed.

    Args:
        what: a picture's file, its URL, a `.json` file, JSON itself, or `-` for JSON on stdin.
        stdin: gives what is on it.

    Raises:
        PictureNotFound: there is no such file.
        UsageError: what should be JSON is not.
    """
    if what == "-":
        return _checked(stdin(), "what came on stdin")
    if what.lstrip().startswith("{"):
        return _checked(what.encode(), "the event")
    if "://" in what:
        return json.dumps({"url": what}).encode()
    content = _read(Path(what))
    return _checked(content, what) if what.endswith(".json") else picture_event(content)


def check_size(payload: bytes, limit_bytes: int) -> None:
    """Refuse what Lambda would.

    Raises:
        UsageError: it is too large.
    """
    if len(payload) > limit_bytes:
        raise UsageError(
            f"the request would have {mebibytes(len(payload))}, and Lambda takes {mebibytes(limit_bytes)}",
            hint="take a smaller picture, or give its URL",
        )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise PictureNotFound(
            f"{path} cannot be read ({(exc.strerror or str(exc)).lower()})",
            hint="give the path of a picture or of a .json file with an event, or a URL that begins with https://",
        ) from exc


def _checked(content: bytes, what: str) -> bytes:
    try:
        json.loads(content)
    except ValueError as exc:
        raise UsageError(
            f"{what} is not JSON: {exc}", hint='an event looks like {"url": "https://…"}'
        ) from exc
    return content
