"""Owns a server that plays CloudFormation's recorded answers, for what moto's cannot say."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Recorded", "recorded_answers", "refusal", "result"]

_NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"


@dataclass
class Recorded:
    """What is answered to each action, one after the other; the last one again and again."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    """The fields of the requests."""
    url: str = ""

    def answer(self, fields: dict[str, str]) -> tuple[int, str]:
        """Find what is answered, and with which status."""
        self.asked.append(fields)
        action = fields["Action"]
        script = self.answers[action]
        content = script.pop(0) if len(script) > 1 else script[0]
        if content.startswith("<ErrorResponse"):
            return 400, content
        return 200, (
            f'<{action}Response xmlns="{_NAMESPACE}"><{action}Result>{content}</{action}Result>'
            f"<ResponseMetadata><RequestId>1-2-3</RequestId></ResponseMetadata></{action}Response>"
        )

    @property
    def actions(self) -> list[str]:
        """List what was asked for."""
        return [fields["Action"] for fields in self.asked]


def result(**fields: str) -> str:
    """Write an answer's fields; texts that begin with `<` are XML already."""
    return "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())


def refusal(code: str, message: str) -> str:
    """Write a refusal as CloudFormation does."""
    return (
        f'<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code>'
        f"<Message>{message}</Message></Error><RequestId>1-2-3</RequestId></ErrorResponse>"
    )


@contextmanager
def recorded_answers() -> Iterator[Recorded]:
    """Run the server on loopback."""
    recorded = Recorded()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = {name: values[0] for name, values in parse_qs(body).items()}
            status, text = recorded.answer(fields)
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        recorded.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield recorded
        finally:
            server.shutdown()
            thread.join()
