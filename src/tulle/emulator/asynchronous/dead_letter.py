"""Owns dead letters: what is kept of events that are given up, in the form of Lambda's own records."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tulle.emulator.aws_json import compact_json
from tulle.errors import DeadLetterFileUnusable

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.emulator.asynchronous.event import Condition, Event

__all__ = ["DeadLetterFile", "dead_letter"]


class DeadLetterFile:
    """A file with a dead letter on each line. It may be moved away at any time.

    Raises:
        DeadLetterFileUnusable: nothing can be written there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._append(b"")
        except OSError as exc:
            raise DeadLetterFileUnusable(
                f"the dead-letter file {path} cannot be written: {exc.strerror}",
                hint="name a file in a folder that is there and may be written to",
            ) from exc

    def write(self, event: Event, condition: Condition, *, now_s: float) -> None:
        """Keep an event that is given up.

        Raises:
            OSError: the disk is full, or the like.
        """
        self._append(dead_letter(event, condition, now_s=now_s) + b"\n")

    def _append(self, line: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(line)


def dead_letter(event: Event, condition: Condition, *, now_s: float) -> bytes:
    """Write what Lambda sends to an on-failure destination.

    (AWS Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations".) One that never
    ran has no response, as recorded on AWS in November 2025.
    """
    moment = datetime.fromtimestamp(now_s, UTC)
    members = {
        "version": compact_json("1.0"),
        "timestamp": compact_json(f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"),
        "requestContext": compact_json(
            {
                "requestId": event.request.request_id,
                "functionArn": _qualified(event.request.invoked_arn),
                "condition": condition,
                "approximateInvokeCount": event.attempts,
            }
        ),
        "requestPayload": _on_one_line(event.request.payload),
    }
    if event.last is not None:
        context: dict[str, object] = {"statusCode": 200, "executedVersion": "$LATEST"}
        if event.last.error_type is not None:
            context["functionError"] = "Unhandled"
        members["responseContext"] = compact_json(context)
        members["responsePayload"] = _on_one_line(event.last.payload)
    return b"{" + b",".join(b'"%s":%s' % (key.encode(), members[key]) for key in members) + b"}"


def _qualified(arn: str) -> str:
    return arn if arn.endswith(":$LATEST") else f"{arn}:$LATEST"


def _on_one_line(payload: bytes) -> bytes:
    """Give a payload as a JSON value without line breaks, its numbers as they were written.

    In JSON, line breaks stand only between the parts of a value. What is no JSON becomes a string.
    """
    try:
        json.loads(payload)
    except (ValueError, RecursionError):
        return compact_json(payload.decode(errors="replace"))
    return payload.replace(b"\r", b" ").replace(b"\n", b" ")
