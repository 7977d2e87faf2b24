"""The HTTP API event (payload 2.0), field for field."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from made_requests import request
from tulle.emulator.gateway.http_api import HttpApi
from tulle.emulator.gateway.routes import Match
from tulle.project.api import ApiSection
from tulle.project.route import Route

if TYPE_CHECKING:
    from tulle.emulator.gateway.http_request import HttpRequest


def build_event(given: HttpRequest) -> dict[str, object]:
    return HttpApi(ApiSection()).build_event(given)


def test_a_whole_event() -> None:
    event = build_event(
        request(
            query="a=1&a=2&b=x%20y",
            headers=(
                ("Host", "localhost:8000"),
                ("X-Multi", "v1"),
                ("X-Multi", "v2"),
                ("Cookie", "c1=v1; c2=v2"),
                ("Content-Type", "application/json"),
                ("User-Agent", "agent"),
                ("Connection", "keep-alive"),
            ),
            body=b'{"url": "x"}',
        )
    )
    assert event == {
        "version": "2.0",
        "routeKey": "POST /predict",
        "rawPath": "/predict",
        "rawQueryString": "a=1&a=2&b=x%20y",
        "cookies": ["c1=v1", "c2=v2"],
        "headers": {
            "content-length": "12",
            "content-type": "application/json",
            "host": "localhost:8000",
            "user-agent": "agent",
            "x-amzn-trace-id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "8000",
            "x-forwarded-proto": "http",
            "x-multi": "v1,v2",
        },
        "queryStringParameters": {"a": "1,2", "b": "x y"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": {
                "method": "POST",
                "path": "/predict",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "agent",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "POST /predict",
            "stage": "$default",
            "time": "04/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1583348638390,
        },
        "body": '{"url": "x"}',
        "isBase64Encoded": False,
    }


def test_what_is_empty_is_absent() -> None:
    event = build_event(request())
    assert not {"body", "cookies", "queryStringParameters", "pathParameters"} & event.keys()
    assert event["isBase64Encoded"] is False


def test_a_paths_variables_are_decoded() -> None:
    match = Match(route=Route(path="/{proxy+}"), parameters=(("proxy", "a%2Bb/c"),))
    event = build_event(request(match=match))
    assert event["routeKey"] == "ANY /{proxy+}"
    assert event["pathParameters"] == {"proxy": "a+b/c"}


def test_an_empty_query_value_is_kept() -> None:
    assert build_event(request(query="a=&b"))["queryStringParameters"] == {"a": "", "b": ""}


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "text/html; charset=utf-8", "application/json", "Application/JSON; x=y",
     "application/xml", "application/javascript"],
)  # fmt: skip
def test_text_is_passed_as_text(content_type: str) -> None:
    event = build_event(request(headers=(("content-type", content_type),), body="é".encode()))
    assert (event["body"], event["isBase64Encoded"]) == ("é", False)


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("Content-Type", "image/png"),),
        (("Content-Type", "application/x-www-form-urlencoded"),),
        (("Content-Type", "multipart/form-data; boundary=x"),),
    ],
)
def test_all_other_bodies_are_base64(headers: tuple[tuple[str, str], ...]) -> None:
    event = build_event(request(headers=headers, body=b"\xff\x00a=b"))
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(str(event["body"])) == b"\xff\x00a=b"


def test_a_proxy_before_the_gateway_stays_named() -> None:
    event = build_event(request(headers=(("X-Forwarded-For", "192.0.2.1"),)))
    headers = event["headers"]
    assert isinstance(headers, dict)
    assert headers["x-forwarded-for"] == "192.0.2.1,127.0.0.1"


@pytest.mark.parametrize("host", ["[::1]:8000", "[::1]"])
def test_an_ipv6_host_is_kept_whole(host: str) -> None:
    context = build_event(request(headers=(("Host", host),)))["requestContext"]
    assert isinstance(context, dict)
    assert context["domainName"] == "[::1]"
