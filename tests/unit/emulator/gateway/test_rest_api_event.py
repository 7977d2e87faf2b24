"""The REST API event (proxy integration, payload 1.0), field for field."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from made_requests import request
from tulle.emulator.gateway.rest_api import RestApi
from tulle.emulator.gateway.routes import Match
from tulle.project.api import ApiSection, ApiType
from tulle.project.route import Route

if TYPE_CHECKING:
    from tulle.emulator.gateway.http_request import HttpRequest


def build_event(given: HttpRequest, **settings: Any) -> dict[str, Any]:
    return RestApi(ApiSection(type=ApiType.REST, **settings)).build_event(given)


def test_a_whole_event() -> None:
    event = build_event(
        request(
            match=Match(route=Route(path="/{proxy+}"), parameters=(("proxy", "test%2Balias"),)),
            path="/test+alias/",
            raw_path="/test%2Balias/",
            query="a=1&a=2&b=x%20y+z",
            headers=(
                ("Host", "localhost:8000"),
                ("X-Multi", "v1"),
                ("X-Multi", "v2"),
                ("Cookie", "c1=v1; c2=v2"),
                ("Content-Type", "application/json"),
                ("User-Agent", "agent"),
                ("Content-Length", "12"),
                ("Connection", "keep-alive"),
                ("x-forwarded-for", "192.0.2.1"),
            ),
            body=b'{"url": "x"}',
        )
    )
    headers = {
        "Content-Type": "application/json",
        "Cookie": "c1=v1; c2=v2",
        "Host": "localhost:8000",
        "User-Agent": "agent",
        "X-Amzn-Trace-Id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
        "X-Forwarded-For": "192.0.2.1, 127.0.0.1",
        "X-Forwarded-Port": "8000",
        "X-Forwarded-Proto": "http",
        "X-Multi": "v2",
    }
    assert event == {
        "resource": "/{proxy+}",
        "path": "/test%2Balias/",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {
            **{name: [value] for name, value in headers.items()},
            "X-Multi": ["v1", "v2"],
        },
        "queryStringParameters": {"a": "2", "b": "x y z"},
        "multiValueQueryStringParameters": {"a": ["1", "2"], "b": ["x y z"]},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "authorizer": None,
            "deploymentId": "local",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "extendedRequestId": "JKJaXmPLvHcESHA=",
            "httpMethod": "POST",
            "identity": {
                "accessKey": None,
                "accountId": None,
                "caller": None,
                "cognitoAuthenticationProvider": None,
                "cognitoAuthenticationType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "principalOrgId": None,
                "sourceIp": "127.0.0.1",
                "user": None,
                "userAgent": "agent",
                "userArn": None,
            },
            "path": "/prod/test%2Balias/",
            "protocol": "HTTP/1.1",
            "requestId": "5417234a-4be1-4f8e-a55e-1d927f0c42d3",
            "requestTime": "04/Mar/2020:19:03:58 +0000",
            "requestTimeEpoch": 1583348638390,
            "resourceId": "local",
            "resourcePath": "/{proxy+}",
            "stage": "prod",
        },
        "pathParameters": {"proxy": "test%2Balias"},
        "stageVariables": None,
        "body": '{"url": "x"}',
        "isBase64Encoded": False,
    }


def test_what_is_empty_is_null() -> None:
    event = build_event(request())
    empty = (
        "body",
        "pathParameters",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "stageVariables",
    )
    assert [event[name] for name in empty] == [None] * 5
    assert event["isBase64Encoded"] is False


@pytest.mark.parametrize("content_type", ["image/png", "Application/Octet-Stream; x=y"])
def test_binary_media_types_come_in_base64(content_type: str) -> None:
    event: dict[str, Any] = build_event(
        request(headers=(("content-type", content_type),), body=b"\xff\x00")
    )
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b"\xff\x00"


@pytest.mark.parametrize("headers", [(), (("Content-Type", "application/x-www-form-urlencoded"),)])
def test_all_other_bodies_are_text(headers: tuple[tuple[str, str], ...]) -> None:
    event = build_event(request(headers=headers, body=b"a=b"))
    assert (event["body"], event["isBase64Encoded"]) == ("a=b", False)
