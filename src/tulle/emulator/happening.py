"""Owns `Happening`: what goes on in the local Lambda, told as it goes on to whoever wants to see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tulle.emulator.invocation import Invocation, Request

__all__ = [
    "Began",
    "Ended",
    "EnvironmentsCounted",
    "FilesChanged",
    "Happening",
    "HttpAnswered",
    "Logged",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """An invocation began in an execution environment.

    Args:
        environment: the name of its log stream, which no other environment has.
        cold: whether the environment starts with it.
        now_s: the Unix time in seconds.
    """

    request: Request
    environment: str
    cold: bool
    now_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A line came into the log; `request_id` is that of the invocation under way, if one is."""

    environment: str
    request_id: str | None
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An invocation ended, and its report is known."""

    invocation: Invocation
    environment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswered:
    """The gateway answered a request, with the function's response or with its own.

    Args:
        request_id: the invocation's, which may have been refused and then never began.
        gateway_id: the one among the answer's headers.
        path: with the query, as it was sent.
        request_bytes: the size of the request's body, as far as it was read.
    """

    request_id: str
    gateway_id: str
    method: str
    path: str
    request_bytes: int
    status: int
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentsCounted:
    """An execution environment came or went, or began or ended its work."""

    busy: int
    idle: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesChanged:
    """Files of the function changed, and what begins from now on runs them."""

    names: tuple[str, ...]


Happening = Began | Logged | Ended | HttpAnswered | EnvironmentsCounted | FilesChanged
