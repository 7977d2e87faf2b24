"""Raw HTTP against the gateway of `tulle dev`: what an HTTP API answers."""

from __future__ import annotations

import base64
import http.client
import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from integration.emulator.dev_process import Dev, running_dev

HANDLER = """
import base64, json, time

def lambda_handler(event, context):
    if event["headers"].get("x-answer"):
        return json.loads(event["headers"]["x-answer"])
    if event["headers"].get("x-sleep"):
        time.sleep(float(event["headers"]["x-sleep"]))
    if event["headers"].get("x-fail"):
        raise ValueError("secret detail")
    return event
"""
JSON = ("Content-Type", "application/json")


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("gateway") / "fn"
    folder.mkdir()
    (folder / "app.py").write_text(HANDLER)
    routes = ("--route", "/predict", "--route", "GET /only-get")
    with running_dev(folder, "--handler", "app.lambda_handler", "--timeout-s", "1", *routes) as dev:
        yield dev


def test_the_event_says_what_was_sent(gateway: Dev) -> None:
    answer = gateway.request(
        "POST",
        "/predict?a=1&a=2&b=x%20y",
        b'{"url": "x"}',
        (JSON, ("X-Multi", "v1"), ("X-Multi", "v2"), ("Cookie", "c1=v1; c2=v2")),
    )
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    event = answer.json
    assert event["routeKey"] == "ANY /predict"
    assert event["rawQueryString"] == "a=1&a=2&b=x%20y"
    assert event["queryStringParameters"] == {"a": "1,2", "b": "x y"}
    assert event["cookies"] == ["c1=v1", "c2=v2"]
    assert event["headers"]["x-multi"] == "v1,v2"
    assert "cookie" not in event["headers"]
    assert (event["body"], event["isBase64Encoded"]) == ('{"url": "x"}', False)
    assert event["requestContext"]["http"]["method"] == "POST"
    assert event["requestContext"]["requestId"] == answer.headers["apigw-requestid"]


def test_a_picture_comes_in_base64(gateway: Dev) -> None:
    picture = bytes(range(256))
    event = gateway.request("POST", "/predict", picture, (("Content-Type", "image/png"),)).json
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == picture


def test_a_get_has_no_body(gateway: Dev) -> None:
    event = gateway.request("GET", "/predict").json
    assert "body" not in event
    assert event["requestContext"]["http"]["protocol"] == "HTTP/1.1"


def test_a_chunked_body_is_read_whole(gateway: Dev) -> None:
    connection = http.client.HTTPConnection(urlsplit(gateway.url).netloc, timeout=60)
    connection.request("POST", "/predict", iter([b'{"a":', b" 1}"]), dict([JSON]))
    event = json.loads(connection.getresponse().read())
    connection.close()
    assert event["body"] == '{"a": 1}'
    assert event["headers"]["content-length"] == "8"
    assert "transfer-encoding" not in event["headers"]


def test_a_functions_response_is_sent_as_it_is(gateway: Dev) -> None:
    response = {
        "statusCode": 418,
        "headers": {"X-Own": "yes"},
        "cookies": ["a=1", "b=2; Secure"],
        "body": base64.b64encode(b"\xff\x00").decode(),
        "isBase64Encoded": True,
    }
    answer = gateway.request("GET", "/predict", headers=(("X-Answer", json.dumps(response)),))
    assert answer.status == 418
    assert answer.headers["X-Own"] == "yes"
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2; Secure"]
    assert answer.body == b"\xff\x00"


@pytest.mark.parametrize(
    "header",
    [
        ("X-Answer", '{"statusCode": "ok"}'),
        ("X-Answer", '{"statusCode": 200, "headers": {"a": "b\\r\\nc: d"}}'),
        ("X-Fail", "yes"),
        ("X-Sleep", "30"),
    ],
)
def test_what_fails_behind_the_gateway_is_a_plain_500(
    gateway: Dev, header: tuple[str, str]
) -> None:
    answer = gateway.request("GET", "/predict", headers=(header,))
    assert answer.status == 500
    assert answer.body == b'{"message":"Internal Server Error"}'
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["apigw-requestid"]


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/"), ("POST", "/only-get"), ("GET", "/predict/")]
)
def test_what_has_no_route_is_not_found(gateway: Dev, method: str, path: str) -> None:
    answer = gateway.request(method, path)
    assert (answer.status, answer.body) == (404, b'{"message":"Not Found"}')


def test_a_route_may_be_for_one_method(gateway: Dev) -> None:
    assert gateway.request("GET", "/only-get").json["routeKey"] == "GET /only-get"


@pytest.mark.parametrize("size_bytes", [5 * 1024 * 1024, 11 * 1024 * 1024])
def test_a_body_that_makes_too_large_an_event_is_refused(gateway: Dev, size_bytes: int) -> None:
    answer = gateway.request("POST", "/predict", bytes(size_bytes))
    assert (answer.status, answer.body) == (413, b'{"message":"Request Entity Too Large"}')


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_a_name_that_is_not_this_machines_is_refused(gateway: Dev, host: str) -> None:
    for path in ("/predict", "/2015-03-31/functions/function/invocations"):
        assert gateway.request("POST", path, b"{}", (("Host", host),)).status == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8000"])
def test_this_machines_own_names_are_taken(gateway: Dev, host: str) -> None:
    assert gateway.request("GET", "/predict", headers=(("Host", host),)).status == 200


def test_no_other_site_may_read_an_answer(gateway: Dev) -> None:
    answer = gateway.request("GET", "/predict", headers=(("Origin", "https://evil.example"),))
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_an_answer_has_an_id_in_the_form_of_api_gateway(gateway: Dev) -> None:
    answer = gateway.request("GET", "/predict")
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", answer.headers["apigw-requestid"])


def test_a_head_that_is_too_large_is_refused(gateway: Dev) -> None:
    answer = gateway.request("GET", f"/predict?{'a' * 10_240}")
    assert (answer.status, answer.body) == (431, b'{"message":"Request Header Fields Too Large"}')


def test_a_request_that_is_not_good_http_is_refused_in_one_line(gateway: Dev) -> None:
    answer = gateway.request("GET", "/predict", headers=(("X-Large", "a" * 40_000),))
    assert answer.status == 400
    gateway.wait_for_log(
        "a request was refused, for it is not good HTTP: Got more than 32768 bytes"
    )
    assert "Error handling request" not in gateway.log
