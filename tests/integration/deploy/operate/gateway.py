"""Owns what stands for API Gateway's own hosts: a server that passes requests on to `tulle dev`, below a stage."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Gateway", "running_gateway"]

_PASSED_ON = ("content-type", "x-api-key", "accept")


@dataclass
class Gateway:
    """Where requests go, and what came."""

    target: str = ""
    """The URL of a `tulle dev`."""
    stage: str = ""
    """What stands before the paths, such as `/prod`."""
    refusals: list[tuple[int, bytes]] = field(default_factory=list)
    """What the next requests are answered with, before any reaches the function."""
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """The paths and headers that were asked for; the names in lower case."""
    address: str = ""


@contextmanager
def running_gateway() -> Iterator[Gateway]:
    """Run it on loopback."""
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            gateway.seen.append((self.path, headers))
            kind = "application/json"
            if gateway.refusals:
                status, content = gateway.refusals.pop(0)
            else:
                status, kind, content = self._ask(body, headers)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _ask(self, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
            if not self.path.startswith(gateway.stage):
                return 403, "application/json", b'{"message":"Missing Authentication Token"}'
            connection = http.client.HTTPConnection(urlsplit(gateway.target).netloc, timeout=20)
            kept = {name: headers[name] for name in _PASSED_ON if name in headers}
            try:
                connection.request("POST", self.path.removeprefix(gateway.stage), body, kept)
                answer = connection.getresponse()
                return answer.status, answer.headers["content-type"], answer.read()
            finally:
                connection.close()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        gateway.address = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield gateway
        finally:
            server.shutdown()
            thread.join()
