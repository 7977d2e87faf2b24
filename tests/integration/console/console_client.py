"""Owns a client of the console: calls as its page makes them, and the stream."""

from __future__ import annotations

import http.client
import json
import socket
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from integration.emulator.dev_process import Answer, Dev

__all__ = ["FROM_PAGE", "JSON", "SECURITY_HEADERS", "Stream", "ask", "stream_of"]

JSON = ("Content-Type", "application/json")
_PATIENCE_S = 60.0
FROM_PAGE = ("X-Tulle-Console", "1")
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def ask(dev: Dev, method: str, path: str, body: object = None) -> Answer:
    """Ask the console as its page does; a body that is bytes is sent as it is."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = (("Origin", dev.url), FROM_PAGE, JSON) if method != "GET" else ()
    path = f"/_tulle/api/{quote(path)}"
    return dev.request(method, path, b"" if body is None else content, headers)


class Stream:
    """What a page hears."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.response = response

    def message(self) -> tuple[str, Any]:
        """Wait for the next message; give its kind and its content."""
        event, content = self._field("event"), json.loads(self._field("data"))
        assert self.response.readline() == b"\n"
        return event, content

    def next(self, event: str) -> Any:
        """Wait for the next message of a kind."""
        while True:
            name, content = self.message()
            if name == event:
                return content

    def collect(self, is_enough: Callable[[dict[str, list[Any]]], bool]) -> dict[str, list[Any]]:
        """Gather messages by their kinds until they are enough."""
        heard: dict[str, list[Any]] = defaultdict(list)
        while not is_enough(heard):
            name, content = self.message()
            heard[name].append(content)
        return heard

    def next_invocation(self, state: str) -> Any:
        """Wait until an invocation is in a state."""
        while (invocation := self.next("invocation"))["state"] != state:
            pass
        return invocation

    def next_answered(self) -> Any:
        """Wait until all is known of an invocation that came through the gateway, in either order."""
        while (invocation := self.next_invocation("done"))["http"] is None:
            pass
        return invocation

    @property
    def is_over(self) -> bool:
        """Read on until the stream ends, or nothing comes for long."""
        try:
            while self.response.readline():
                pass
        except (ConnectionError, http.client.IncompleteRead):
            return True
        except TimeoutError:
            return False
        return True

    def _field(self, name: str) -> str:
        line = self.response.readline().decode()
        assert line.startswith(f"{name}: "), line
        return line.removeprefix(f"{name}: ").rstrip("\n")


@contextmanager
def stream_of(dev: Dev, *, receive_bytes: int | None = None) -> Iterator[Stream]:
    """Open the stream; `receive_bytes` makes the buffer small in which unread bytes wait."""
    address = urlsplit(dev.url)
    connection = http.client.HTTPConnection(address.netloc, timeout=_PATIENCE_S)
    connection.sock = socket.socket()
    connection.sock.settimeout(_PATIENCE_S)
    if receive_bytes is not None:
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    connection.sock.connect((address.hostname, address.port))
    try:
        connection.request("GET", "/_tulle/api/stream")
        response = connection.getresponse()
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/event-stream"
        yield Stream(response)
        response.close()
    finally:
        connection.close()
