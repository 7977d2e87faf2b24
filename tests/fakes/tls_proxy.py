"""A proxy that answers for any host over TLS, with certificates of its own authority, and passes on in the clear."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatch
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK_BYTES = 65_536
_CONNECTED = b"HTTP/1.1 200 Connected\r\n\r\n"
_OF_AWS = ("*.amazonaws.com", "*.amazonaws.com.cn", "*.aws")


@dataclass
class TlsProxy:
    """Ends TLS for every host that a route fits; of others, none of AWS's is ever reached."""

    authority: trustme.CA
    address: str = ""
    """`host:port`, to be named in `HTTPS_PROXY` as `http://host:port`."""
    routes: dict[str, str] = field(default_factory=dict)
    """Patterns of hosts, and the `host:port` that speaks for them without TLS; the first that fits is taken."""
    tunnels: bool = False
    """Whether hosts that are not AWS's, such as a package index, are reached as they are."""
    asked: list[str] = field(default_factory=list)
    """The hosts that somebody wanted to speak to."""
    _contexts: dict[str, ssl.SSLContext] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, host: str) -> tuple[str, int] | None:
        """Say where a host is."""
        self.asked.append(host)
        for pattern, address in self.routes.items():
            if fnmatch(host, pattern):
                name, _, port = address.rpartition(":")
                return name, int(port)
        return None

    def may_tunnel(self, host: str) -> bool:
        """Tell whether a host is reached as it is."""
        return self.tunnels and not any(fnmatch(host, pattern) for pattern in _OF_AWS)

    def context(self, host: str) -> ssl.SSLContext:
        """Give what it takes to be a host."""
        with self._lock:
            if host not in self._contexts:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self.authority.issue_cert(host).configure_cert(context)
                self._contexts[host] = context
            return self._contexts[host]


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, proxy: TlsProxy) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy = proxy


class _Handler(StreamRequestHandler):
    rbufsize = 0
    server: _Server

    def handle(self) -> None:
        with suppress(OSError):  # whoever left first
            self._connect()

    def _connect(self) -> None:
        line = self.rfile.readline().decode("latin-1")
        method, target = line.split()[:2] if line.strip() else ("", "")
        while self.rfile.readline().strip():
            pass
        host, _, port = target.rpartition(":")
        proxy = self.server.proxy
        upstream = proxy.find(host) if method == "CONNECT" else None
        if upstream is not None:
            self.wfile.write(_CONNECTED)
            self._answer_for(host, upstream)
        elif method == "CONNECT" and proxy.may_tunnel(host):
            with socket.create_connection((host, int(port))) as there:
                self.wfile.write(_CONNECTED)
                _relay(self.connection, there)
        else:
            self.wfile.write(b"HTTP/1.1 403 No route\r\nContent-Length: 0\r\n\r\n")

    def _answer_for(self, host: str, upstream: tuple[str, int]) -> None:
        """End TLS as the host would, and pass on what was said."""
        context = self.server.proxy.context(host)
        with (
            context.wrap_socket(self.connection, server_side=True) as client,
            socket.create_connection(upstream) as there,
        ):
            for side in (client, there):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _relay(client, there)


def _relay(client: socket.socket, there: socket.socket) -> None:
    """Pass bytes both ways until one side has had enough. One thread does it: a TLS connection is not for two."""
    while True:
        read_already = isinstance(client, ssl.SSLSocket) and client.pending()
        ready = [client] if read_already else select.select([client, there], [], [])[0]
        for source in ready:
            chunk = source.recv(_CHUNK_BYTES)
            if not chunk:
                return
            (there if source is client else client).sendall(chunk)


@contextmanager
def tls_proxy() -> Iterator[TlsProxy]:
    """Run a proxy on loopback."""
    proxy = TlsProxy(trustme.CA())
    with _Server(proxy) as server:
        proxy.address = f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
