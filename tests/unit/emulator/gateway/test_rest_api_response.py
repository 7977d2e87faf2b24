"""How a REST API (payload 1.0) reads a function's result."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from made_requests import request
from tulle.emulator.gateway.kind import Refusal, Refused
from tulle.emulator.gateway.rest_api import RestApi
from tulle.project.api import ApiSection, ApiType

if TYPE_CHECKING:
    from tulle.emulator.gateway.http_response import HttpResponse


def read_response(payload: bytes, accept: str = "", **settings: Any) -> HttpResponse:
    api = RestApi(ApiSection(type=ApiType.REST, **settings))
    return api.read_response(payload, request(headers=(("Accept", accept),)))


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
    )
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
    "payload", [b"{}", b'{"headers": null}', b'{"statusCode": null}', b'{"body": null}']
)
def test_no_field_must_be_there(payload: bytes) -> None:
    response = read_response(payload)
    assert (response.status, response.body) == (200, b"")


# As LocalStack's tests recorded it on AWS on 2025-01-29 (test_aws_proxy_binary_response).
@pytest.mark.parametrize(
    ("accept", "binary_media_types", "decoded"),
    [
        ("image/png", ("image/png",), True),
        ("image/png,image/*,*/*;q=0.8", ("image/png",), True),
        ("image/png", ("application/json",), False),
        ("image/jpg", ("image/png",), False),
        ("image/*", ("image/png",), False),
        ("*/*", ("image/png",), False),
        ("image/webp,image/png,*/*;q=0.8", ("image/png",), False),
        ("", ("image/png",), False),
        ("application/whatever", ("application/*",), True),
        ("application/*", ("application/*",), True),
        ("application", ("application/*",), False),
    ],
)
@pytest.mark.parametrize("content_type", ["image/png", "text/html"])
def test_base64_is_decoded_where_the_client_asks_for_a_binary_type(
    accept: str, binary_media_types: tuple[str, ...], decoded: bool, content_type: str
) -> None:
    result = {"headers": {"Content-Type": content_type}, "body": "/wA=", "isBase64Encoded": True}
    payload = json.dumps(result).encode()
    response = read_response(payload, accept, binary_media_types=binary_media_types)
    assert response.body == (b"\xff\x00" if decoded else b"/wA=")


def test_what_is_not_said_to_be_base64_is_not_decoded() -> None:
    assert read_response(b'{"body": "/wA="}', "image/png").body == b"/wA="


@pytest.mark.parametrize(
    "payload",
    [
        b"not JSON",
        b'"PONG"',
        b"null",
        b"[]",
        b'{"category": "pants"}',
        b'{"statusCode": 200, "cookies": ["a=1"]}',
        b'{"statusCode": "ok"}',
        b'{"statusCode": 200.5}',
        b'{"statusCode": 200, "body": {"a": 1}}',
        b'{"statusCode": 200, "headers": ["a"]}',
        b'{"statusCode": 200, "multiValueHeaders": {"a": "b"}}',
    ],
)
def test_a_malformed_result_is_refused(payload: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read_response(payload)
    assert caught.value.refusal is Refusal.FAILED


@pytest.mark.parametrize("body", ["*", "èé+à)("])
def test_a_body_that_is_no_base64_is_a_fault_of_its_own(body: str) -> None:
    result = json.dumps({"body": body, "isBase64Encoded": True}).encode()
    with pytest.raises(Refused) as caught:
        read_response(result, "image/png")
    assert caught.value.refusal is Refusal.NOT_BASE64
    assert RestApi(ApiSection(type=ApiType.REST)).refusals[caught.value.refusal].status == 500


@pytest.mark.parametrize("accept", ["", "*/*", "text/html, image/png"])
def test_an_api_that_takes_all_for_binary_decodes_all(accept: str) -> None:
    result = b'{"headers": {"Content-Type": "text/css"}, "body": "/wA=", "isBase64Encoded": true}'
    assert read_response(result, accept, binary_media_types=("*/*",)).body == b"\xff\x00"


# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("Cache-Control", "Cache-Control"),
        ("Content-Encoding", "Content-Encoding"),
        ("Authorization", "x-amzn-Remapped-Authorization"),
        ("Connection", "x-amzn-Remapped-Connection"),
        ("Content-Length", "x-amzn-Remapped-Content-Length"),
        ("Content-MD5", "x-amzn-Remapped-Content-MD5"),
        ("Date", "x-amzn-Remapped-Date"),
        ("Max-Forwards", "x-amzn-Remapped-Max-Forwards"),
        ("Server", "x-amzn-Remapped-Server"),
        ("User-Agent", "x-amzn-Remapped-User-Agent"),
        ("WWW-Authenticate", "x-amzn-Remapped-WWW-Authenticate"),
        ("Expect", None),
        ("Host", None),
        ("Proxy-Authenticate", None),
        ("TE", None),
        ("Trailer", None),
        ("Transfer-Encoding", None),
        ("Upgrade", None),
        ("Via", None),
    ],
)
def test_some_headers_are_renamed_or_dropped(name: str, sent: str | None) -> None:
    response = read_response(json.dumps({"headers": {name: "x"}}).encode())
    assert response.headers[:-1] == (() if sent is None else ((sent, "x"),))
