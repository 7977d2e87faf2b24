"""A picture server on loopback that misbehaves as it is told."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    Script = Callable[[bytes, socket.socket], None]


def answer(status: str, body: bytes = b"", *headers: str) -> Script:
    """Answer every request alike, with a counted body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]

    def script(_: bytes, connection: socket.socket) -> None:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return script


def raw(content: bytes) -> Script:
    """Send these very bytes and hang up."""

    def script(_: bytes, connection: socket.socket) -> None:
        connection.sendall(content)

    return script


def drip(start: bytes) -> Script:
    """Send this, and then a byte now and then until the client gives up, or for a minute."""

    def script(_: bytes, connection: socket.socket) -> None:
        connection.sendall(start)
        connection.settimeout(0.05)
        for _turn in range(1200):
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                connection.sendall(b"x")

    return script


@contextmanager
def serving(
    script: Script, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Iterator[str]:
    """Run a script for each connection, after its request has been read; yield `host:port`."""
    listener = socket.create_server((host, 0))
    stopping = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                wrapped = tls.wrap_socket(connection, server_side=True) if tls else connection
                with wrapped:
                    request = b""
                    while b"\r\n\r\n" not in request:
                        received = wrapped.recv(65_536)
                        if not received:
                            return
                        request += received
                    script(request, wrapped)
            except OSError:
                return  # the client left first, which some tests want

    def accept() -> None:
        while not stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"{host}:{listener.getsockname()[1]}"
    finally:
        stopping.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
