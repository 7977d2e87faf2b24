"""A proxy before a registry that does, now and then, what goes wrong between machines."""

from __future__ import annotations

import http.client
import re
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HOP = {"connection", "transfer-encoding", "content-length", "date", "server"}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong, with which requests, and how often."""

    method: str
    path: str
    """A pattern that is searched for."""
    times: int = 1_000_000
    status: int | None = None
    """Answer this in the registry's place."""
    passed_on_as: int | None = None
    """Let the registry answer, and change its status to this."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """In the answer, beside or in place of the registry's."""
    body: bytes = b""
    cut_request_after: int | None = None
    """Hang up after so many bytes of the request's body."""
    cut_answer_after: int | None = None
    """Hang up after so many bytes of the answer's body."""
    damage: bool = False
    """Change the last byte of the answer's body."""

    def __str__(self) -> str:
        kinds = ("status", "cut_request_after", "cut_answer_after", "damage")
        kind = next((name for name in kinds if getattr(self, name) not in {None, False}), "headers")
        return f"{self.method} {self.path} {kind} {self.status or ''}".strip()


@dataclass
class FaultyProxy:
    """Passes requests on to a registry, but for the faults; knows what came through."""

    registry: str
    faults: list[Fault]
    address: str = ""
    requests: list[tuple[str, str, int]] = field(default_factory=list)
    """Method, path and size of the body of each request that reached the registry."""
    authorizations: list[str] = field(default_factory=list)
    _hits: dict[int, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, method: str, path: str) -> Fault | None:
        """Find what goes wrong with a request."""
        with self._lock:
            for number, fault in enumerate(self.faults):
                hits = self._hits.get(number, 0)
                if fault.method == method and re.search(fault.path, path) and hits < fault.times:
                    self._hits[number] = hits + 1
                    return fault
        return None

    def uploaded(self) -> int:
        """Count the bytes of blobs that reached the registry."""
        return sum(size for method, path, size in self.requests if "/blobs/uploads/" in path)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, proxy: FaultyProxy) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy = proxy


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: object) -> None:
        pass

    def _pass_on(self) -> None:
        proxy = self.server.proxy
        proxy.authorizations.append(self.headers.get("Authorization", ""))
        fault = proxy.fault(self.command, self.path) or _NO_FAULT
        if fault.cut_request_after is not None:
            self.rfile.read(fault.cut_request_after)
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if fault.status:
            self._answer(fault.status, {}, fault.body, fault)
            return
        status, headers, content = self._ask(body)
        self._answer(fault.passed_on_as or status, headers, content, fault)

    def _ask(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        proxy = self.server.proxy
        upstream = http.client.HTTPConnection(proxy.registry)
        upstream.request(self.command, self.path, body, dict(self.headers))
        answer = upstream.getresponse()
        proxy.requests.append((self.command, self.path, len(body)))
        headers = {k: v for k, v in answer.getheaders() if k.lower() not in _HOP}
        if self.command == "HEAD":
            headers["Content-Length"] = answer.getheader("Content-Length", "0")
        content = answer.read()
        upstream.close()
        return answer.status, headers, content

    def _answer(self, status: int, headers: dict[str, str], content: bytes, fault: Fault) -> None:
        names = {name.lower() for name in fault.headers}
        kept = {name: value for name, value in headers.items() if name.lower() not in names}
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **kept, **fault.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if fault.damage:
            content = content[:-1] + bytes([content[-1] ^ 1])
        if fault.cut_answer_after is not None:
            content = content[: fault.cut_answer_after]
            self.close_connection = True
        self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = _pass_on  # noqa: N815 (names of http.server)


_NO_FAULT = Fault(method="", path="")


@contextmanager
def faulty_proxy(registry: str, *faults: Fault) -> Iterator[FaultyProxy]:
    """Run a proxy on loopback."""
    proxy = FaultyProxy(registry, list(faults))
    with _Server(proxy) as server:
        proxy.address = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
