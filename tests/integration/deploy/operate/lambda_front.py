"""Owns what stands before the Lambda API of `tulle dev`: aliases and versions of a function, all of them the same."""

from __future__ import annotations

import http.client
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LambdaFront", "running_front"]

_FUNCTION = re.compile(r"(/functions/)([^/?]+)")
_KEPT = ("content-type", "x-amz-invocation-type", "x-amz-log-type")


@dataclass
class LambdaFront:
    """Where calls go, and what came."""

    target: str = ""
    """The URL of a `tulle dev`."""
    function: str = ""
    """The name that its function goes by here."""
    refusals: list[tuple[int, str, bytes]] = field(default_factory=list)
    """The status, the error's type and the body that the next calls are answered with."""
    qualifiers: list[str] = field(default_factory=list)
    """Those that were asked for."""
    url: str = ""


@contextmanager
def running_front() -> Iterator[LambdaFront]:
    """Run it on loopback."""
    front = LambdaFront()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            front.qualifiers += parse_qs(urlsplit(self.path).query).get("Qualifier", [])
            named = _FUNCTION.search(self.path)
            if front.refusals:
                status, kind, content = front.refusals.pop(0)
                self._answer(status, [("x-amzn-errortype", kind)], content)
            elif named is None or named[2] != front.function:
                content = b'{"Type":"User","Message":"Function not found: arn"}'
                self._answer(404, [("x-amzn-errortype", "ResourceNotFoundException")], content)
            else:
                self._pass_on(body)

        def do_GET(self) -> None:
            self.do_POST()

        def _pass_on(self, body: bytes) -> None:
            path = _FUNCTION.sub(r"\1function", urlsplit(self.path).path)
            connection = http.client.HTTPConnection(urlsplit(front.target).netloc, timeout=20)
            headers = {name: self.headers[name] for name in _KEPT if name in self.headers}
            try:
                connection.request(self.command, path, body, headers)
                answer = connection.getresponse()
                kept = [
                    (name, value)
                    for name, value in answer.getheaders()
                    if name.lower().startswith("x-amz") and name.lower() != "x-amz-executed-version"
                ]
                content = answer.read()
                self._answer(answer.status, [*kept, ("x-amz-executed-version", "3")], content)
            finally:
                connection.close()

        def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        front.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield front
        finally:
            server.shutdown()
            thread.join()
