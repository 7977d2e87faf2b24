"""Owns one HTTP/1.1 exchange over a socket: for `fetch` and for `bootstrap`.

`http.client` would do, and costs a cold start 17 ms (it loads the `email` package and, even for plain HTTP, `ssl`);
this reads status, headers and a body that is counted, chunked or ended by the connection, within a size and a deadline.
"""

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

__all__ = ["BodyTooLarge", "Connection", "ProtocolError"]

_MAX_HEAD_BYTES = 65_536


class ProtocolError(Exception):
    """The other side does not speak HTTP/1.1 as it should, or hung up in the middle."""


class BodyTooLarge(Exception):
    """The body has more bytes than the caller takes."""


class Connection:
    """A connected socket on which requests and their responses follow each other.

    Args:
        sock: a connected stream socket, plain or TLS.
        deadline: when to give up, as `time.monotonic()` counts; None waits for ever.
    """

    def __init__(self, sock: "socket.socket", deadline: float | None = None) -> None:
        self._sock = sock
        self._deadline = deadline
        self._buffer = b""
        self.reusable = True

    def send(self, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> None:
        """Write one request. Header values must hold no line breaks; the callers' never do."""
        lines = [
            f"{method} {target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        if body or method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        self._arm()
        self._sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)

    def receive(self, max_bytes: int) -> tuple[int, dict[str, str], bytes]:
        """Read one response.

        Returns:
            The status, the headers by their lower-case names (of repeated ones the last), the body.

        Raises:
            ProtocolError: the response is no HTTP/1.1.
            BodyTooLarge: its body has more than `max_bytes` bytes.
            TimeoutError: the deadline passed.
        """
        status, headers = self._head()
        while 100 <= status < 200:
            status, headers = self._head()
        self.reusable = headers.get("connection", "").lower() != "close"
        if status in (204, 304):
            return status, headers, b""
        return status, headers, self._body(headers, max_bytes)

    def _head(self) -> tuple[int, dict[str, str]]:
        text = self._until(b"\r\n\r\n", _MAX_HEAD_BYTES).decode("latin-1")
        status_line, *lines = text.split("\r\n")
        version, _, rest = status_line.partition(" ")
        if not version.startswith("HTTP/1.") or not rest[:3].isdigit():
            raise ProtocolError("the answer is not HTTP")
        pairs = (line.partition(":") for line in lines)
        return int(rest[:3]), {name.strip().lower(): value.strip() for name, _, value in pairs}

    def _body(self, headers: dict[str, str], max_bytes: int) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks(max_bytes)
        if "content-length" not in headers:
            return self._rest(max_bytes)
        if not headers["content-length"].isdigit():
            raise ProtocolError("the answer's length is no number")
        length = int(headers["content-length"])
        if length > max_bytes:
            raise BodyTooLarge
        return self._exactly(length)

    def _chunks(self, max_bytes: int) -> bytes:
        body = bytearray()
        while True:
            size_line = self._until(b"\r\n", 1024).partition(b";")[0].strip()
            try:
                size = int(size_line, 16)
            except ValueError as exc:
                raise ProtocolError("a chunk's size is no number") from exc
            if size <= 0:
                break
            if len(body) + size > max_bytes:
                raise BodyTooLarge
            body += self._exactly(size)
            self._until(b"\r\n", 2)
        while self._until(b"\r\n", _MAX_HEAD_BYTES):
            """Pass over a trailer."""
        return bytes(body)

    def _rest(self, max_bytes: int) -> bytes:
        self.reusable = False
        body = bytearray(self._buffer)
        while len(body) <= max_bytes:
            received = self._receive()
            if not received:
                return bytes(body)
            body += received
        raise BodyTooLarge

    def _exactly(self, size: int) -> bytes:
        body = bytearray(self._buffer[:size])
        self._buffer = self._buffer[size:]
        while len(body) < size:
            received = self._receive()
            if not received:
                raise ProtocolError("the answer ended too early")
            missing = size - len(body)
            body += received[:missing]
            self._buffer = received[missing:]
        return bytes(body)

    def _until(self, end: bytes, max_bytes: int) -> bytes:
        while end not in self._buffer:
            if len(self._buffer) > max_bytes:
                raise ProtocolError("the answer's head is too long")
            received = self._receive()
            if not received:
                raise ProtocolError("the connection was closed before the answer was whole")
            self._buffer += received
        found, _, self._buffer = self._buffer.partition(end)
        return found

    def _receive(self) -> bytes:
        self._arm()
        return self._sock.recv(262_144)

    def _arm(self) -> None:
        """Let the next socket call wait no longer than the deadline."""
        if self._deadline is None:
            return
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
