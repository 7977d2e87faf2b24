"""Owns the events that a function is tried with: real pictures, or what its owner sends it."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from tulle.errors import UsageError
from tulle.model.builtin import sample_pictures
from tulle.model.pictures import choose_pictures

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.progress import Reporter

__all__ = ["event_payloads", "picture_payloads", "trouble_in"]

_MOST_PICTURES = 50
_PAYLOAD_BYTES = 6 * 1024 * 1024  # what Lambda takes of a caller who waits for the answer


def picture_payloads(folder: Path | None, reporter: Reporter) -> tuple[bytes, ...]:
    """Make direct invocations of the pictures in a folder, or of the samples that tulle has.

    Raises:
        PictureNotFound: there is no picture that can be read.
        UsageError: none of them is small enough for an invocation.
    """
    paths = sample_pictures()
    if folder is not None:
        paths = choose_pictures(folder, _MOST_PICTURES, reporter)
    payloads = [
        json.dumps({"image": base64.b64encode(path.read_bytes()).decode()}).encode()
        for path in paths
    ]
    fitting = tuple(payload for payload in payloads if len(payload) <= _PAYLOAD_BYTES)
    if not fitting:
        raise UsageError(
            "no picture is small enough to be sent to a function: an invocation holds 6 MB",
            hint="name a folder with pictures of less than 4.5 MB",
        )
    if len(fitting) < len(payloads):
        reporter.warn(f"left out {len(payloads) - len(fitting)} pictures of more than 4.5 MB")
    return fitting


def event_payloads(path: Path) -> tuple[bytes, ...]:
    """Read the event that a function is invoked with.

    Raises:
        UsageError: the file cannot be read, or holds no JSON.
    """
    try:
        content = path.read_bytes()
        json.loads(content)
    except OSError as exc:
        raise UsageError(
            f"the event {path} cannot be read ({(exc.strerror or str(exc)).lower()})",
            hint="name a file that holds one event as JSON",
        ) from exc
    except ValueError as exc:
        raise UsageError(
            f"the event {path} is not JSON: {exc}", hint="put one JSON value into the file"
        ) from exc
    return (content,)


def trouble_in(payload: bytes) -> str | None:
    """Tell what is wrong with a function's answer, for a refusal takes other time than the work does."""
    try:
        answer = json.loads(payload)
    except ValueError:
        return None
    status = answer.get("statusCode") if isinstance(answer, dict) else None
    if isinstance(status, int) and status >= 400:
        return f"it answers with the status {status}: {str(answer.get('body', ''))[:300]}"
    return None
