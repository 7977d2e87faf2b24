"""How a REST API (payload 1.0) reads a function's result."""

from __future__ import annotations

import json

import pytest

from tulle.emulator.gateway.rest_api_response import read_response


def test_lists_of_headers_go_first_and_nothing_twice() -> None:
    response = read_response(
        json.dumps(
            {
                "statusCode": "201",
                "headers": {"X-Own": "three", "X-On": True, "Set-Cookie": "a=1"},
                "multiValueHeaders": {"X-Own": ["one", "two"], "Set-Cookie": ["a=1", "b=2"]},
                "body": "é",
            }
        ).encode(),
        accept="",
    )
    assert response is not None
    assert (response.status, response.body) == (201, "é".encode())
    assert response.headers == (
        ("X-Own", "one"),
        ("X-Own", "two"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("X-Own", "three"),
        ("X-On", "true"),
        ("content-type", "application/json"),
    )


@pytest.mark.parametrize(
    "payload", [b'{"headers": null}', b'{"statusCode": null}', b'{"body": null}']
)
def test_no_field_must_be_there(payload: bytes) -> None:
    response = read_response(payload, accept="")
    assert response is not None
    assert (response.status, response.body) == (200, b"")


@pytest.mark.parametrize(
    ("accept", "content_type", "body"),
    [
        ("image/png, */*", "image/png", b"\xff\x00"),
        ("image/webp", "image/png", b"\xff\x00"),
        ("*/*", "image/png", b"/wA="),
        ("", "image/png", b"/wA="),
        ("image/png", "text/html", b"/wA="),
    ],
)
def test_base64_is_decoded_where_both_sides_say_binary(
    accept: str, content_type: str, body: bytes
) -> None:
    result = {"headers": {"Content-Type": content_type}, "body": "/wA=", "isBase64Encoded": True}
    response = read_response(json.dumps(result).encode(), accept=accept)
    assert response is not None
    assert response.body == body


@pytest.mark.parametrize(
    "payload",
    [
        b"not JSON",
        b'"PONG"',
        b"null",
        b"[]",
        b"{}",
        b'{"category": "pants"}',
        b'{"statusCode": 200, "cookies": ["a=1"]}',
        b'{"statusCode": "ok"}',
        b'{"statusCode": 200.5}',
        b'{"statusCode": 200, "body": {"a": 1}}',
        b'{"statusCode": 200, "headers": ["a"]}',
        b'{"statusCode": 200, "multiValueHeaders": {"a": "b"}}',
    ],
)
def test_a_malformed_result_is_none(payload: bytes) -> None:
    assert read_response(payload, accept="") is None
