"""A server that refuses every call of AWS's clients alike, with the bodies that AWS's protocols have."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Refusal:
    """What is answered, and who asked."""

    code: str
    message: str
    status: int
    address: str = ""
    asked: list[str] = field(default_factory=list)
    """What each request named as its target, or its path."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refusal = refusal


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: object) -> None:
        pass

    def _refuse(self) -> None:
        refusal = self.server.refusal
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        refusal.asked.append(self.headers.get("X-Amz-Target", self.path))
        code, message = escape(refusal.code), escape(refusal.message)
        if "X-Amz-Target" in self.headers:  # JSON 1.1: ECR
            content = json.dumps({"__type": refusal.code, "message": refusal.message})
        elif self.command == "POST":  # Query: STS, CloudFormation
            content = (
                f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error>"
                "<RequestId>1</RequestId></ErrorResponse>"
            )
        else:  # REST-XML: S3
            content = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        self.send_response(refusal.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content.encode())

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _refuse  # noqa: N815 (names of http.server)


@contextmanager
def refusing(code: str, message: str = "its own words", *, status: int = 400) -> Iterator[Refusal]:
    """Refuse every call; give the endpoint's URL as `address`."""
    refusal = Refusal(code, message, status)
    with _Server(refusal) as server:
        refusal.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield refusal
        finally:
            server.shutdown()
            thread.join()
