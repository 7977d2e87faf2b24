"""Downloading from servers that behave and servers that do not."""

from __future__ import annotations

import ipaddress
import ssl
from typing import TYPE_CHECKING

import pytest
import trustme

from integration.runtime.servers import answer, drip, raw, serving
from ports import free_ports
from tulle_runtime.faults import BadGateway, BadRequest, PayloadTooLarge, PictureTimeout
from tulle_runtime.fetch import MAX_PICTURE_BYTES, fetch, is_any

if TYPE_CHECKING:
    import socket
    from pathlib import Path


def test_gives_the_body_of_a_counted_answer() -> None:
    with serving(answer("200 OK", b"picture")) as host:
        assert fetch(f"http://{host}/a.jpg", may_reach=is_any) == b"picture"


def test_gives_the_body_of_a_chunked_answer() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"4;x=y\r\npict\r\n3\r\nure\r\n0\r\nTrailer: x\r\n\r\n"
    with serving(raw(head + chunks)) as host:
        assert fetch(f"http://{host}/a.jpg", may_reach=is_any) == b"picture"


def test_gives_the_body_of_an_answer_that_the_connection_ends() -> None:
    with serving(raw(b"HTTP/1.0 200 OK\r\n\r\npicture")) as host:
        assert fetch(f"http://{host}/a.jpg", may_reach=is_any) == b"picture"


def test_asks_for_the_path_and_query_with_the_host_and_without_the_fragment() -> None:
    requests: list[bytes] = []

    def script(request: bytes, connection: socket.socket) -> None:
        requests.append(request)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")

    with serving(script) as host:
        fetch(f"http://{host}/a%20b/ü?q=1&r=ä#part", may_reach=is_any)
    first, *headers = requests[0].decode("ascii").split("\r\n")
    assert first == "GET /a%20b/%C3%BC?q=1&r=%C3%A4 HTTP/1.1"
    assert f"Host: {host}" in headers


def test_refuses_to_smuggle_headers_in_by_the_url() -> None:
    requests: list[bytes] = []

    def script(request: bytes, connection: socket.socket) -> None:
        requests.append(request)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")

    with serving(script) as host:
        fetch(f"http://{host}/a b\r\nX-Evil: 1", may_reach=is_any)
    assert b"\r\nX-Evil" not in requests[0]


def test_follows_a_redirect_with_a_relative_place() -> None:
    def script(request: bytes, connection: socket.socket) -> None:
        where = b"" if request.startswith(b"GET /new/b.jpg ") else b"Location: ../new/b.jpg\r\n"
        status = b"302 Found" if where else b"200 OK"
        connection.sendall(
            b"HTTP/1.1 " + status + b"\r\n" + where + b"Content-Length: 7\r\n\r\npicture"
        )

    with serving(script) as host:
        assert fetch(f"http://{host}/old/a.jpg", may_reach=is_any) == b"picture"


def test_ends_a_redirect_loop() -> None:
    with (
        serving(answer("302 Found", b"", "Location: /again")) as host,
        pytest.raises(BadGateway, match="redirected more than 5 times"),
    ):
        fetch(f"http://{host}/", may_reach=is_any)


@pytest.mark.parametrize(
    ("target", "fault", "says"),
    [
        ("http://127.0.0.2/secret", BadRequest, "not public"),
        ("http://169.254.169.254/latest/meta-data/", BadRequest, "not public"),
        ("file:///etc/passwd", BadRequest, "scheme 'file'"),
    ],
)
def test_checks_again_where_a_redirect_leads(
    target: str, fault: type[Exception], says: str
) -> None:
    first = ipaddress.ip_address("127.0.0.1")
    with (
        serving(answer("302 Found", b"", f"Location: {target}")) as host,
        pytest.raises(fault, match=says),
    ):
        fetch(f"http://{host}/", may_reach=lambda address: address == first)


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error", "204 No Content"])
def test_says_which_status_the_server_gave_instead_of_a_picture(status: str) -> None:
    with (
        serving(answer(status, b"secret inside")) as host,
        pytest.raises(BadGateway, match=f"answered {status[:3]}") as caught,
    ):
        fetch(f"http://{host}/", may_reach=is_any)
    assert "secret" not in str(caught.value)


def test_says_that_a_redirect_leads_nowhere() -> None:
    with (
        serving(answer("302 Found")) as host,
        pytest.raises(BadGateway, match="without saying where"),
    ):
        fetch(f"http://{host}/", may_reach=is_any)


def test_refuses_a_body_that_says_it_is_too_large() -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {200 * 1024**2}\r\n\r\n".encode()
    with serving(raw(head)) as host, pytest.raises(PayloadTooLarge, match="larger than 20 MiB"):
        fetch(f"http://{host}/", may_reach=is_any)


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
)
def test_refuses_a_body_that_grows_too_large(head: bytes) -> None:
    sent = 0

    def script(_: bytes, connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(head)
        block = b"x" * 1024 * 1024
        framed = b"100000\r\n" + block + b"\r\n" if b"chunked" in head else block
        while sent < 200 * 1024**2:
            connection.sendall(framed)
            sent += len(block)

    with serving(script) as host, pytest.raises(PayloadTooLarge):
        fetch(f"http://{host}/", may_reach=is_any)
    assert sent <= MAX_PICTURE_BYTES + 16 * 1024**2  # what the kernel's buffers hold


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_gives_up_on_a_body_that_drips_for_ever(start: bytes) -> None:
    with serving(drip(start)) as host, pytest.raises(PictureTimeout, match="in time"):
        fetch(f"http://{host}/", may_reach=is_any, timeout_s=0.5)


def test_gives_up_on_a_handshake_that_drips_for_ever() -> None:
    # The client's hello holds no empty line: this server never answers it, and goes on reading.
    with serving(answer("200 OK")) as host, pytest.raises(PictureTimeout, match="in time"):
        fetch(f"https://{host}/", may_reach=is_any, timeout_s=0.5)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000,
    ],
)
def test_says_that_the_server_speaks_no_http(content: bytes) -> None:
    with serving(raw(content)) as host, pytest.raises(BadGateway):
        fetch(f"http://{host}/", may_reach=is_any)


def test_says_that_a_host_does_not_resolve() -> None:
    with pytest.raises(BadGateway, match=r"'no-such-host\.invalid' does not resolve"):
        fetch("http://no-such-host.invalid/a.jpg")


def test_says_that_a_connection_is_refused() -> None:
    (port,) = free_ports(1)
    with pytest.raises(BadGateway, match="cannot be reached"):
        fetch(f"http://127.0.0.1:{port}/", may_reach=is_any)


def test_reads_over_tls_and_checks_the_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(answer("200 OK", b"picture"), tls=context) as host:
        url = f"https://{host}/a.jpg"
        with pytest.raises(BadGateway, match="cannot be reached"):
            fetch(url, may_reach=is_any)
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert fetch(url, may_reach=is_any) == b"picture"
