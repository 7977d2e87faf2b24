"""Owns `HttpRequest`: what came in over HTTP, and what a gateway knows of it."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tulle.emulator.gateway.routes import Match

__all__ = ["HttpRequest", "Ids", "new_gateway_id"]

# What a gateway reads for itself.
_NOT_PASSED_ON = frozenset(
    {"connection", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """By which names a request goes.

    Args:
        gateway_id: API Gateway's own short one.
        request_id: the UUID by which the function knows it too.
        trace_id: X-Ray's.
    """

    gateway_id: str
    request_id: str
    trace_id: str

    @property
    def trace_root(self) -> str:
        """Give the part of the trace that a gateway passes on."""
        return self.trace_id.partition(";")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request, read whole.

    Args:
        match: the route that took it.
        path: decoded; `raw_path` is as it was sent.
        query: the query string as it was sent, still encoded.
        headers: names and values in the order they were sent.
    """

    method: str
    match: Match
    path: str
    raw_path: str
    query: str
    protocol: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str
    port: int
    ids: Ids
    now_s: float

    def header(self, wanted: str) -> str:
        """Give the last value of a header, or an empty text."""
        values = [value for name, value in self.headers if name.lower() == wanted]
        return values[-1] if values else ""

    @property
    def passed_on(self) -> list[tuple[str, str]]:
        """The headers that every gateway lets through."""
        return [pair for pair in self.headers if pair[0].lower() not in _NOT_PASSED_ON]

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def domain(self) -> str:
        """The host that was asked, without the port."""
        return re.sub(r":\d+$", "", self.header("host"))

    @property
    def time(self) -> str:
        """When it came, as gateways write it."""
        return datetime.fromtimestamp(self.now_s, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")

    @property
    def time_ms(self) -> int:
        """When it came, since 1970."""
        return int(self.now_s * 1000)


def new_gateway_id() -> str:
    """Make an id in the form that API Gateway gives: 16 characters, the last an equals sign."""
    return base64.urlsafe_b64encode(secrets.token_bytes(11)).decode()
