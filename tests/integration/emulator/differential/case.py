"""Owns `Case`: what the function does, and in which points the two sides differ, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from integration.emulator.differential.sides import Setup

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AFTER", "Case", "Difference", "event"]

AFTER = b'{"do": "app.after"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A point in which AWS's emulator does not do what AWS does.

    Args:
        rie: what the emulator gives, or a pattern of it; anything else makes this out of date.
        fact: what AWS does, and how that is known.
    """

    where: Literal["status", "payload", "log", "then"]
    rie: object
    fact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One invocation, and the one that follows it.

    Args:
        body: what is sent.
        status: what our side answers with.
        fails: whether AWS sets `X-Amz-Function-Error`; its emulator never does.
        aws: the payload that AWS is known to give, with the ids and the folder replaced.
        then: what is sent after it, to see what it left behind.
    """

    name: str
    body: bytes
    setup: Setup = field(default_factory=Setup)
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    fails: bool = False
    aws: str | None = None
    then: bytes = AFTER
    differences: tuple[Difference, ...] = ()


def event(do: str, **more: object) -> bytes:
    """Write the event that makes `app.handler` do one thing."""
    return json.dumps({"do": do, **more}).encode()
