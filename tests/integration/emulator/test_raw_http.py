"""Unusual HTTP, byte for byte: what each gateway makes of it."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from integration.emulator.dev_process import running_dev

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.emulator.dev_process import Dev

HANDLER = """
import json

def lambda_handler(event, context):
    headers = {name.lower(): value for name, value in event["headers"].items()}
    if "x-answer" in headers:
        return json.loads(headers["x-answer"])
    return {"statusCode": 200, "body": json.dumps(event)}
"""
KINDS = ("http", "rest", "url")


@pytest.fixture(scope="module")
def gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Dev]]:
    with ExitStack() as stack:
        running = {}
        for kind in KINDS:
            folder = tmp_path_factory.mktemp(kind) / "fn"
            folder.mkdir()
            (folder / "app.py").write_text(HANDLER)
            (folder / "tulle.toml").write_text(
                f'[api]\ntype = "{kind}"\nroutes = ["/{{proxy+}}"]\n'
            )
            options = ("--handler", "app.lambda_handler", "--no-reload")
            running[kind] = stack.enter_context(running_dev(folder, *options))
        yield running


def send(gateway: Dev, request: bytes) -> bytes:
    """Send bytes, and read until the server has no more to say."""
    address = urlsplit(gateway.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=60) as sent:
        sent.sendall(request)
        received = bytearray()
        while chunk := sent.recv(65536):
            received += chunk
    return bytes(received)


def ask(gateway: Dev, line: bytes, *headers: bytes, body: bytes = b"") -> tuple[bytes, bytes]:
    """Send one request, and give the answer's head and body."""
    head = b"\r\n".join([line, b"Host: localhost", b"Connection: close", *headers])
    received = send(gateway, head + b"\r\n\r\n" + body)
    answer_head, _, answer_body = received.partition(b"\r\n\r\n")
    return answer_head, answer_body


def event_of(gateway: Dev, line: bytes, *headers: bytes) -> dict[str, Any]:
    return dict(json.loads(ask(gateway, line, *headers)[1]))


@pytest.mark.parametrize(
    ("kind", "key", "path"),
    [
        ("http", "rawPath", "/a//b/../c/d+e f"),
        ("rest", "path", "/a//b/../c%2Fd+e%20f"),
        ("url", "rawPath", "/a//b/../c%2Fd+e%20f"),
    ],
)
def test_a_path_is_not_tidied(gateways: dict[str, Dev], kind: str, key: str, path: str) -> None:
    event = event_of(gateways[kind], b"GET /a//b/../c%2Fd+e%20f HTTP/1.1")
    assert event[key] == path


def test_a_query_is_read_forgivingly(gateways: dict[str, Dev]) -> None:
    line = b"GET /a?x=1&x=2&y=a+b%20c%2B&z&bad=%ff&e=%C3%A9&g=a=b HTTP/1.1"
    read = {"y": "a b c+", "z": "", "bad": "�", "e": "é", "g": "a=b"}
    events = {kind: event_of(gateways[kind], line) for kind in KINDS}
    assert events["http"]["queryStringParameters"] == {"x": "1,2", **read}
    assert events["url"]["queryStringParameters"] == {"x": "1,2", **read}
    assert events["rest"]["queryStringParameters"] == {"x": "2", **read}
    assert events["rest"]["multiValueQueryStringParameters"]["x"] == ["1", "2"]
    assert events["http"]["rawQueryString"] == "x=1&x=2&y=a+b%20c%2B&z&bad=%ff&e=%C3%A9&g=a=b"


def test_a_header_is_utf_8_or_has_marks_for_what_is_not(gateways: dict[str, Dev]) -> None:
    for kind in KINDS:
        headers = event_of(gateways[kind], b"GET /a HTTP/1.1", b"x-a: \xc3\xa9", b"x-b: \xe9")
        assert (headers["headers"]["x-a"], headers["headers"]["x-b"]) == ("é", "�")


@pytest.mark.parametrize("kind", KINDS)
def test_a_trace_that_is_no_text_is_not_continued(gateways: dict[str, Dev], kind: str) -> None:
    trace = b"X-Amzn-Trace-Id: Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=\xff"
    head, _ = ask(gateways[kind], b"GET /a HTTP/1.1", trace)
    assert head.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("name", [b"Invocation-Type", b"Log-Type", b"Tenant-Id"])
def test_the_lambda_api_refuses_a_header_that_is_no_text(
    gateways: dict[str, Dev], name: bytes
) -> None:
    path = b"POST /2015-03-31/functions/function/invocations HTTP/1.1"
    head, body = ask(gateways["http"], path, b"X-Amz-" + name + b": \xff")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert "1 validation error detected: Value '\ufffd' at" in json.loads(body)["message"]


def test_a_client_that_waits_is_told_to_go_on(gateways: dict[str, Dev]) -> None:
    line, headers = b"POST /a HTTP/1.1", (b"Expect: 100-continue", b"Content-Length: 2")
    for kind in KINDS:
        _, rest = ask(gateways[kind], line, *headers, b"Content-Type: text/plain", body=b"hi")
        event = json.loads(rest.partition(b"\r\n\r\n")[2])
        assert event["body"] == "hi"
        assert "expect" not in {name.lower() for name in event["headers"]}


@pytest.mark.parametrize(("status", "reason"), [(204, b"No Content"), (304, b"Not Modified")])
def test_a_status_that_has_no_body_gets_none(
    gateways: dict[str, Dev], status: int, reason: bytes
) -> None:
    answer = json.dumps({"statusCode": status, "body": "ignored"}).encode()
    for kind in KINDS:
        head, body = ask(gateways[kind], b"GET /a HTTP/1.1", b"x-answer: " + answer)
        assert head.startswith(b"HTTP/1.1 %d %s" % (status, reason))
        assert (body, b"content-length" in head.lower()) == (b"", False)


def test_an_answer_to_head_has_a_length_and_no_body(gateways: dict[str, Dev]) -> None:
    answer = json.dumps({"statusCode": 200, "body": "12345"}).encode()
    for kind in KINDS:
        head, body = ask(gateways[kind], b"HEAD /a HTTP/1.1", b"x-answer: " + answer)
        assert b"\r\ncontent-length: 5" in head.lower()
        assert body == b""


def test_headers_of_the_connection_are_the_servers_own(gateways: dict[str, Dev]) -> None:
    own = {"Content-Length": "99", "Transfer-Encoding": "chunked", "Date": "x", "Server": "y"}
    answer = json.dumps({"statusCode": 200, "headers": own, "body": "é"}).encode()
    for kind in KINDS:
        head, body = ask(gateways[kind], b"GET /a HTTP/1.1", b"x-answer: " + answer)
        names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n")[1:]]
        assert body == "é".encode()
        assert b"\r\ncontent-length: 2" in head.lower()
        assert (names.count(b"date"), names.count(b"server")) == (1, 0)
        assert names.count(b"transfer-encoding") == 0
        assert names.count(b"x-amzn-remapped-date") == (kind == "rest")


@pytest.mark.parametrize(
    "request_line", [b"GET /\xc3\xa9 HTTP/1.1", b"GET /a b HTTP/1.1", b"nonsense"]
)
def test_what_is_no_http_is_refused(gateways: dict[str, Dev], request_line: bytes) -> None:
    for kind in KINDS:
        assert ask(gateways[kind], request_line)[0].startswith(b"HTTP/1.0 400 Bad Request")


def test_an_old_client_is_served(gateways: dict[str, Dev]) -> None:
    event = event_of(gateways["http"], b"GET /a HTTP/1.0")
    assert event["requestContext"]["http"]["protocol"] == "HTTP/1.0"


@pytest.mark.parametrize(
    ("kind", "line", "header", "status"),
    [
        ("http", b"GET /%s HTTP/1.1" % (b"a" * 10_300), b"x: y", b"431"),
        ("http", b"GET /a HTTP/1.1", b"x: " + b"y" * 10_300, b"431"),
        ("rest", b"GET /%s HTTP/1.1" % (b"a" * 10_300), b"x: y", b"414"),
        ("rest", b"GET /a HTTP/1.1", b"x: " + b"y" * 10_300, b"200"),
        ("rest", b"GET /a HTTP/1.1", b"x: " + b"y" * 20_500, b"431"),
        ("url", b"GET /%s HTTP/1.1" % (b"a" * 10_300), b"x: y", b"200"),
    ],
)
def test_a_head_may_be_so_large(
    gateways: dict[str, Dev], kind: str, line: bytes, header: bytes, status: bytes
) -> None:
    assert ask(gateways[kind], line, header)[0].split()[1] == status
