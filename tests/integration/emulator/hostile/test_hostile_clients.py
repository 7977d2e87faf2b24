"""Callers that send nonsense, or half of something, or go: the next request is answered, and no traceback is shown."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from integration.emulator.dev_process import Dev, running_dev, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "/2015-03-31/functions/function/invocations"
FUNCTION = """
import time

def lambda_handler(event, context):
    if isinstance(event, dict) and "large" in event:
        return "x" * event["large"]
    if isinstance(event, dict) and "sleep" in event:
        time.sleep(event["sleep"])
    return "PONG"
"""


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("clients") / "my-function"
    folder.mkdir()
    (folder / "lambda_function.py").write_text(FUNCTION)
    options = ("--handler", "lambda_function.lambda_handler", "--no-reload", "--concurrency", "20")
    with running_dev(folder, *options) as running:
        running.invoke({})
        yield running


@pytest.fixture(autouse=True)
def next_request_is_answered(dev: Dev) -> Iterator[None]:
    yield
    assert dev.invoke({}).json == "PONG"
    assert dev.request("GET", "/predict").status == 200


def connect(dev: Dev) -> socket.socket:
    address = urlsplit(dev.url)
    assert address.hostname is not None
    assert address.port is not None
    return socket.create_connection((address.hostname, address.port), timeout=60)


def first_line(dev: Dev, sent: str | bytes) -> bytes:
    """Send bytes as they are, and give the first line that comes back."""
    with connect(dev) as connection:
        connection.sendall(sent if isinstance(sent, bytes) else sent.encode())
        return connection.makefile("rb").readline()


def post(headers: str, body: str = "{}") -> str:
    return f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n{body}"


@pytest.mark.parametrize(
    "sent",
    [
        b"\0\1\2\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "FOO /predict HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /a\0b HTTP/1.1\r\nHost: localhost\r\n\r\n",
        f"GET /{'x' * 100_000} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: localhost\r\nX: {'x' * 100_000}\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\n" + "X: 1\r\n" * 20_000 + "\r\n",
        post("Content-Length: -1\r\n"),
        post("Content-Length: 2\r\nContent-Length: 1\r\n"),
        post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"),
        post("Transfer-Encoding: chunked\r\n", "zz\r\n"),
        post("Transfer-Encoding: chunked\r\n", "-1\r\n"),
        post(f"Content-Length: {'9' * 30}\r\n"),
    ],
    ids=range(15),
)
def test_bad_http_is_a_bad_request(dev: Dev, sent: str | bytes) -> None:
    assert b" 400 " in first_line(dev, sent)


@pytest.mark.parametrize(
    "sent",
    ["", "POST ", post("Content-Length: 100\r\n"), post("Content-Length: 1000000000000\r\n")],
)
def test_half_a_request_is_none(dev: Dev, sent: str) -> None:
    with connect(dev) as connection:
        connection.sendall(sent.encode())


def test_callers_that_never_end_their_request_keep_nobody_waiting(dev: Dev) -> None:
    with ExitStack() as open_ones:
        for _ in range(300):
            connection = open_ones.enter_context(connect(dev))
            connection.sendall(b"POST /predict HTTP/1.1\r\nHost: local")
        assert dev.invoke({}).json == "PONG"


def test_requests_in_a_row_are_answered_in_a_row(dev: Dev) -> None:
    with connect(dev) as connection:
        connection.sendall(post("Content-Length: 2\r\n").encode() * 3)
        answers = b""
        while answers.count(b'"PONG"') < 3:
            received = connection.recv(65536)
            assert received, answers
            answers += received
    assert answers.count(b"HTTP/1.1 200 OK") == 3


def test_callers_that_go_before_their_answer_lose_only_that(dev: Dev) -> None:
    open_before = open_files(dev)
    for body in ('{"sleep": 0.3}', '{"large": 5000000}'):
        for _ in range(3):
            with connect(dev) as connection:
                connection.sendall(post(f"Content-Length: {len(body)}\r\n", body).encode())
    # Each may have got an environment of its own, which holds some files and is kept.
    wait_until(lambda: open_files(dev) <= open_before + 6 * 8, "their connections to go")


def test_callers_that_do_not_read_keep_nobody_waiting(dev: Dev) -> None:
    body = '{"large": 5000000}'
    with ExitStack() as open_ones:
        for _ in range(4):
            connection = open_ones.enter_context(connect(dev))
            connection.sendall(post(f"Content-Length: {len(body)}\r\n", body).encode())
        for _ in range(5):
            assert dev.invoke({}).json == "PONG"


def open_files(dev: Dev) -> int:
    return sum(1 for _ in Path(f"/proc/{dev.process.pid}/fd").iterdir())
