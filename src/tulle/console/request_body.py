"""Owns reading what the page sends: JSON, of which an event is taken letter by letter."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.console.json_text import describe_fault, parse_json
from tulle.console.refusal import Refusal
from tulle.emulator.http_body import read_body

if TYPE_CHECKING:
    from aiohttp import web

    from tulle.console.json_text import Json

__all__ = ["RequestBody", "read_request_body"]

_EVENT_LIMIT_BYTES = 6 * 1024 * 1024
_ENVELOPE_BYTES = 1024
_EVENT_FIRST = re.compile(r'\s*\{\s*"event"\s*:\s*')


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBody:
    """A JSON object with an event in it.

    Args:
        event: as it was written, where it is the first of the fields: a large number keeps its digits.
    """

    event: bytes
    fields: dict[str, Json]

    def number(self, name: str, *, most: int) -> int:
        """Read a whole number from 1 on."""
        value = self.fields.get(name)
        if type(value) is not int or not 1 <= value <= most:
            raise Refusal(
                400, f"{name} is no whole number from 1 to {most:,}", hint="choose another number"
            )
        return value


async def read_request_body(request: web.Request) -> RequestBody:
    """Read a body that holds an event."""
    if request.content_type != "application/json":
        raise Refusal(
            415, "the body is not declared as JSON", hint="send Content-Type: application/json"
        )
    body = await read_body(request, limit_bytes=_EVENT_LIMIT_BYTES + _ENVELOPE_BYTES)
    if body is None:
        raise _too_large()
    try:
        text = body.decode()
        fields = parse_json(text)
    except ValueError as exc:
        message = f"the body is no JSON: {describe_fault(exc)}"
        raise Refusal(400, message, hint="look at that place") from exc
    if not isinstance(fields, dict) or "event" not in fields:
        raise Refusal(400, "the body has no event", hint='send {"event": …}')
    event = _event_text(text, fields["event"]).encode()
    if len(event) > _EVENT_LIMIT_BYTES:
        raise _too_large()
    return RequestBody(event=event, fields=fields)


def _too_large() -> Refusal:
    return Refusal(
        413,
        "the event is larger than the 6 MB that Lambda takes",
        hint="send a smaller picture, or its URL",
    )


def _event_text(text: str, event: Json) -> str:
    found = _EVENT_FIRST.match(text)
    if found is None:
        return json.dumps(event)
    _, end = json.JSONDecoder().raw_decode(text, found.end())
    return text[found.end() : end]
