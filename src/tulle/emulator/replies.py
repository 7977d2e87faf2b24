"""Owns the forms that replies to a child have, as AWS's own server writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.emulator.aws_json import compact_json
from tulle.emulator.runtime_connection import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ACCEPTED", "NOT_FOUND", "json_reply", "refuse", "text_reply", "wrong_method"]


def json_reply(status: int, value: object, headers: Mapping[str, str] | None = None) -> Reply:
    """Reply with JSON and a line feed."""
    return Reply(
        status=status,
        body=compact_json(value) + b"\n",
        headers={"Content-Type": "application/json", **(headers or {})},
    )


def text_reply(status: int, text: str) -> Reply:
    """Reply with plain text."""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return Reply(status=status, body=text.encode(), headers=headers)


def refuse(status: int, error_type: str, message: str) -> Reply:
    """Refuse a request with a type and a message."""
    return json_reply(status, {"errorMessage": message, "errorType": error_type})


def wrong_method(allowed: str) -> Reply:
    """Refuse a method where another is wanted."""
    return Reply(status=405, body=b"", headers={"Allow": allowed})


ACCEPTED = json_reply(202, {"status": "OK"})
NOT_FOUND = text_reply(404, "404 page not found\n")
