"""How an HTTP API (payload 2.0) reads a function's result."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from made_requests import request
from tulle.emulator.gateway.http_api import HttpApi
from tulle.emulator.gateway.kind import Refusal, Refused
from tulle.project.api import ApiSection

if TYPE_CHECKING:
    from tulle.emulator.gateway.http_response import HttpResponse


def read_response(payload: bytes) -> HttpResponse:
    return HttpApi(ApiSection()).read_response(payload, request())


def test_a_whole_response_is_taken_as_it_is() -> None:
    response = read_response(
        json.dumps(
            {
                "statusCode": 201,
                "headers": {"Content-Type": "text/html", "X-Count": 3, "X-On": True},
                "cookies": ["a=1", "b=2"],
                "body": "<p>é",
                "unknown": "ignored",
            }
        ).encode()
    )
    assert response.status == 201
    assert response.headers == (
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("Content-Type", "text/html"),
        ("X-Count", "3"),
        ("X-On", "true"),
    )
    assert response.body == "<p>é".encode()


# The last three as AWS's test tool for .NET recorded them on AWS.
@pytest.mark.parametrize(
    ("payload", "body"),
    [
        (b'{"category": "pants"}', b'{"category": "pants"}'),
        (b"[1, 2]", b"[1, 2]"),
        (b"null", b"null"),
        (b'"PONG"', b"PONG"),
        (b"{}", b"{}"),
        (b'{"name": "John Doe", "age":', b'{"name": "John Doe", "age":'),
        (b'"Special \\"quoted\\" text"', b'Special "quoted" text'),
        (b'""', b""),
    ],
)
def test_a_result_without_a_status_is_the_body_of_a_200(payload: bytes, body: bytes) -> None:
    response = read_response(payload)
    assert (response.status, response.body) == (200, body)
    assert response.headers == (("content-type", "application/json"),)


def test_base64_is_decoded() -> None:
    response = read_response(b'{"statusCode": 200, "body": "/wA=", "isBase64Encoded": true}')
    assert response.body == b"\xff\x00"


def test_a_numeric_string_is_a_status() -> None:
    response = read_response(b'{"statusCode": "404"}')
    assert (response.status, response.body) == (404, b"")


def test_what_the_server_sets_itself_is_left_out() -> None:
    response = read_response(b'{"statusCode": 200, "headers": {"Content-Length": "99"}}')
    assert response.headers == (("content-type", "text/plain; charset=utf-8"),)


@pytest.mark.parametrize(
    "payload",
    [
        b'{"statusCode": "ok"}',
        b'{"statusCode": true}',
        b'{"statusCode": 99}',
        b'{"statusCode": null}',
        b'{"statusCode": 200, "body": {"a": 1}}',
        b'{"statusCode": 200, "headers": ["a"]}',
        b'{"statusCode": 200, "headers": {"a": "b\\r\\nc: d"}}',
        b'{"statusCode": 200, "headers": {"a b": "c"}}',
        b'{"statusCode": 200, "headers": {"a": "\\ud800"}}',
        b'{"statusCode": 200, "headers": {"a": null}}',
        b'{"statusCode": 200, "cookies": "a=1"}',
        b'{"statusCode": 200, "body": "\\ud800"}',
        b'{"statusCode": 200, "body": "***", "isBase64Encoded": true}',
    ],
)
def test_a_malformed_result_is_refused(payload: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read_response(payload)
    assert caught.value.refusal is Refusal.FAILED
