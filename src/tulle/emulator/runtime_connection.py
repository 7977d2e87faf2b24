"""Owns `RuntimeConnection`: HTTP/1.1 between a child and its Runtime API, answered as the bytes come."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol, cast

import httptools

from tulle.emulator.outcome import RESPONSE_LIMIT_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Head", "Reply", "RuntimeConnection", "Service"]

# AWS's Python client sends the cause of an error in a header of up to 1 MiB.
_HEAD_LIMIT_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A request without its body; the names of its headers are in lower case.

    Headers that come behind a chunked body are among them once that has ended.
    """

    method: str
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP response."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Service(Protocol):
    """What answers the requests."""

    def begin(self, head: Head) -> Reply | None:
        """Reply to a request whose body is not wanted; it is read no further than to its end."""

    def end(self, head: Head, body: bytes | None, connection: RuntimeConnection) -> Reply | None:
        """Reply to a whole request, or later by the connection. A body over the limit is None."""

    def forget(self, connection: RuntimeConnection) -> None:
        """Hear that a connection is gone."""


class RuntimeConnection(asyncio.Protocol):
    """Reads requests one after the other, and writes the replies of a service.

    It is no general server: it knows what clients of the Runtime API do. Who sends a request
    while an earlier one still waits for its reply is cut off.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._parser = httptools.HttpRequestParser(self)
        self._head: Head | None = None
        self._head_bytes = 0
        self._owes_reply = False
        self._keep_alive = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, _error: Exception | None) -> None:
        """End."""
        self._service.forget(self)

    def data_received(self, chunk: bytes) -> None:
        """Take in what came."""
        if self._head is None:
            self._head_bytes += len(chunk)
        try:
            if self._head_bytes > _HEAD_LIMIT_BYTES:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            else:
                self._parser.feed_data(chunk)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._refuse(HTTPStatus.BAD_REQUEST)

    def reply(self, reply: Reply) -> None:
        """Answer the request that came last."""
        self._owes_reply = False
        lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
        lines.extend(f"{name}: {value}" for name, value in reply.headers.items())
        lines.append(f"Content-Length: {len(reply.body)}")
        if not self._keep_alive:
            lines.append("Connection: close")
        self._transport.write("\r\n".join([*lines, "", ""]).encode() + reply.body)
        self._close_if_done()

    def abort(self) -> None:
        """Cut the connection."""
        self._transport.abort()

    def on_message_begin(self) -> None:
        """Begin a request."""
        if self._owes_reply:
            raise ValueError("a second request while the first waits")
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body = bytearray()

    def on_url(self, part: bytes) -> None:
        """Take in the target, which may come in parts."""
        self._url += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take in a header; of several with one name the first counts."""
        self._headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))

    def on_headers_complete(self) -> None:
        """Ask the service whether it wants the body."""
        path, _, _query = self._url.decode("latin-1").partition("?")
        method = self._parser.get_method().decode("latin-1")
        self._head = head = Head(method=method, path=path, headers=self._headers)
        self._keep_alive = self._parser.should_keep_alive()
        self._owes_reply = True
        refusal = self._service.begin(head)
        waits = head.headers.get("expect", "").lower() == "100-continue"
        if refusal is not None:
            self._keep_alive = self._keep_alive and not waits
            self.reply(refusal)
            if waits:  # nobody can tell whether such a client still sends its body
                self._transport.close()
        elif waits:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, part: bytes) -> None:
        """Keep a part of the body, if it is wanted and not too much."""
        if self._owes_reply:
            self._body += part
            if len(self._body) > RESPONSE_LIMIT_BYTES:
                self._end(self._head, None)

    def on_message_complete(self) -> None:
        """End a request."""
        head, self._head, self._head_bytes = self._head, None, 0
        if self._owes_reply:
            self._end(head, bytes(self._body))
        self._close_if_done()

    def _end(self, head: Head | None, body: bytes | None) -> None:
        if head is None:
            raise RuntimeError("a body comes after its head")
        reply = self._service.end(head, body, self)
        if reply is not None:
            self.reply(reply)

    def _close_if_done(self) -> None:
        if not (self._keep_alive or self._owes_reply or self._head):
            self._transport.close()

    def _refuse(self, status: HTTPStatus) -> None:
        self._service.forget(self)
        self._head, self._keep_alive = None, False
        self.reply(Reply(status=status, body=b"", headers={}))
