"""One request, and the events that AWS made of it behind each gateway.

What each must say was recorded on AWS on 2026-07-10, with curl over HTTP/2, by the authors of
https://github.com/hotsock/voker (vokerhttp/testdata). Left out is what names their account, and what
TLS adds.
"""

from __future__ import annotations

from typing import Any

import pytest

from made_requests import request
from tulle.emulator.gateway.function_url import FunctionUrl
from tulle.emulator.gateway.http_api import HttpApi
from tulle.emulator.gateway.rest_api import RestApi
from tulle.emulator.gateway.routes import Match
from tulle.project.api import ApiSection, ApiType
from tulle.project.route import DEFAULT_ROUTE, Route

BODY = '{"message":"hello from the public internet","unicode":"lambda-λ"}'
QUERY = (
    "repeat=one&repeat=two&redirect=https%3A%2F%2Fexample.com%2Fa%2Fb"
    "&literalPlus=a+b&encodedPlus=a%2Bb&empty="
)
SENT: dict[str, Any] = {
    "method": "POST",
    "path": "/capture/space value",
    "raw_path": "/capture/space%20value",
    "query": QUERY,
    "headers": (
        ("Host", "gateway.example"),
        ("User-Agent", "curl/8.7.1"),
        ("accept", "*/*"),
        ("content-type", "application/json"),
        ("x-voker-probe", "first"),
        ("x-voker-probe", "second"),
        ("cookie", "session=abc123; theme=dark"),
        ("content-length", "66"),
    ),
    "body": BODY.encode(),
}
# What both kinds of payload 2.0 say alike.
HEADERS_2 = {
    "accept": "*/*",
    "content-length": "66",
    "content-type": "application/json",
    "user-agent": "curl/8.7.1",
    "x-voker-probe": "first,second",
}
QUERY_2 = {
    "empty": "",
    "encodedPlus": "a+b",
    "literalPlus": "a b",
    "redirect": "https://example.com/a/b",
    "repeat": "one,two",
}
EVENT_2 = {
    "version": "2.0",
    "routeKey": "$default",
    "rawQueryString": QUERY,
    "cookies": ["session=abc123", "theme=dark"],
    "queryStringParameters": QUERY_2,
    "body": BODY,
    "isBase64Encoded": False,
}
EVENT_1 = {
    "resource": "/{proxy+}",
    "path": "/capture/space%20value",
    "httpMethod": "POST",
    "queryStringParameters": {**QUERY_2, "repeat": "two"},
    "multiValueQueryStringParameters": {
        **{name: [value] for name, value in QUERY_2.items()},
        "repeat": ["one", "two"],
    },
    "pathParameters": {"proxy": "capture/space%20value"},
    "stageVariables": None,
    "body": BODY,
    "isBase64Encoded": False,
}
HEADERS_1 = {
    "User-Agent": "curl/8.7.1",
    "accept": "*/*",
    "content-type": "application/json",
    "cookie": "session=abc123; theme=dark",
    "x-voker-probe": "second",
}


def http_api_event() -> dict[str, Any]:
    match = Match(route=DEFAULT_ROUTE)
    return HttpApi(ApiSection()).build_event(request(**SENT, match=match))


def function_url_event() -> dict[str, Any]:
    return FunctionUrl().build_event(request(**SENT))


def rest_api_event() -> dict[str, Any]:
    match = Match(route=Route(path="/{proxy+}"), parameters=(("proxy", "capture/space%20value"),))
    api = RestApi(ApiSection(type=ApiType.REST, stage="live"))
    return api.build_event(request(**SENT, match=match))


def own_headers(event: dict[str, Any]) -> dict[str, str]:
    """Leave out the host, and what every gateway adds."""
    return {
        name: value
        for name, value in event["headers"].items()
        if name.lower() != "host" and not name.lower().startswith(("x-forwarded-", "x-amzn-"))
    }


@pytest.mark.parametrize(
    ("event", "raw_path", "headers"),
    [
        (http_api_event(), "/capture/space value", HEADERS_2),
        (
            function_url_event(),
            "/capture/space%20value",
            {**HEADERS_2, "cookie": "session=abc123; theme=dark"},
        ),
    ],
)
def test_payload_2(event: dict[str, Any], raw_path: str, headers: dict[str, str]) -> None:
    assert {name: event[name] for name in EVENT_2} == EVENT_2
    assert event["rawPath"] == raw_path
    assert own_headers(event) == headers
    assert not {"pathParameters", "stageVariables"} & event.keys()
    assert event["requestContext"]["http"]["path"] == "/capture/space value"


def test_a_rest_api() -> None:
    event = rest_api_event()
    assert {name: event[name] for name in EVENT_1} == EVENT_1
    assert own_headers(event) == HEADERS_1
    assert event["multiValueHeaders"]["x-voker-probe"] == ["first", "second"]
    assert event["requestContext"]["path"] == "/live/capture/space%20value"
    assert event["requestContext"]["stage"] == "live"


# LocalStack's tests recorded these on AWS on 2024-08-02 (test_lambda_aws_proxy_integration).
@pytest.mark.parametrize(
    ("sent", "path", "whole_path", "proxy"),
    [
        ("/stage/proxy-value", "/proxy-value", "/stage/proxy-value", "proxy-value"),
        ("/stage/proxy-value/", "/proxy-value/", "/stage/proxy-value/", "proxy-value"),
        ("/stage/a//b", "/a//b", "/stage/a//b", "a//b"),
        ("//stage/proxy-value", "/proxy-value", "/stage/proxy-value", "proxy-value"),
        ("/stage//proxy-value", "/proxy-value", "/stage//proxy-value", "proxy-value"),
        (
            "/stage/test%2Balias@a.b/test+alias@a.b",
            "/test%2Balias@a.b/test+alias@a.b",
            "/stage/test%2Balias@a.b/test+alias@a.b",
            "test%2Balias@a.b/test+alias@a.b",
        ),
    ],
)
def test_the_paths_of_a_rest_api(sent: str, path: str, whole_path: str, proxy: str) -> None:
    route = Route(path="/{proxy+}")
    api = RestApi(ApiSection(type=ApiType.REST, stage="stage", routes=(route,)))
    match = api.find_route("GET", sent)
    assert match is not None
    event: dict[str, Any] = api.build_event(request(raw_path=sent, match=match))
    assert (event["path"], event["requestContext"]["path"]) == (path, whole_path)
    assert event["pathParameters"] == {"proxy": proxy}
