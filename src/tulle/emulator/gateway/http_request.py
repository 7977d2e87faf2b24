"""Owns `HttpHead` and `HttpRequest`: what came in over HTTP, and what a gateway knows of it."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tulle.emulator.gateway.media_types import media_type

if TYPE_CHECKING:
    from tulle.emulator.gateway.api_keys import IssuedKey
    from tulle.emulator.gateway.routes import Match

__all__ = ["HttpHead", "HttpRequest", "Ids", "continue_trace", "new_gateway_id"]

# https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
_TRACE_FORMS = {
    "Root": r"1-[0-9a-f]{8}-[0-9a-f]{24}",
    "Parent": r"[0-9a-f]{16}",
    "Sampled": r"[01?]",
}


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
class HttpHead:
    """What of a request is read before its body.

    Args:
        path: decoded; `raw_path` is as it was sent.
        query: the query string, encoded; `sent_query` is as it was sent, which may not be so.
        headers: names and values in the order they were sent.
    """

    method: str
    path: str
    raw_path: str
    query: str
    protocol: str
    headers: tuple[tuple[str, str], ...]
    source_ip: str
    port: int
    ids: Ids
    now_s: float
    sent_query: str = ""

    def header(self, wanted: str) -> str:
        """Give the last value of a header, or an empty text."""
        values = [value for name, value in self.headers if name.lower() == wanted]
        return values[-1] if values else ""

    @property
    def url_bytes(self) -> int:
        """The size of the path with the query."""
        return len(f"{self.raw_path}?{self.query}" if self.query else self.raw_path)

    @property
    def headers_bytes(self) -> int:
        """The size of the headers with their line breaks."""
        return sum(len(f"{name}: {value}\r\n".encode()) for name, value in self.headers)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request that was let in, read whole.

    Args:
        match: the route that took it.
        api_key: whose key it showed; None where none is asked for.
    """

    head: HttpHead
    match: Match
    api_key: IssuedKey | None
    body: bytes

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return media_type(self.head.header("content-type"))


def continue_trace(sent: str, own: str) -> str:
    """Give the trace that a request belongs to: the client's, as far as it names one.

    Args:
        sent: the client's `X-Amzn-Trace-Id`; empty where there is none.
        own: a new trace, from which comes what the client did not say.
    """
    parts = dict(part.split("=", 1) for part in own.split(";"))
    given = dict(part.strip().split("=", 1) for part in sent.split(";") if "=" in part)
    formed = {name: given[name] for name in parts if _has_form(name, given.get(name, ""))}
    if "Root" in formed:
        parts |= formed
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _has_form(name: str, value: str) -> bool:
    """Tell whether a part of a trace is one: the function's process gets what passes here as a header."""
    return re.fullmatch(_TRACE_FORMS[name], value) is not None


def new_gateway_id() -> str:
    """Make an id in the form that API Gateway gives: 16 characters, the last an equals sign."""
    return base64.urlsafe_b64encode(secrets.token_bytes(11)).decode()
