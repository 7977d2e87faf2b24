"""Each gateway's event, read and answered."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tulle_runtime.events import Alb, Answer, HttpApi, RestApi, read_direct, shape_of
from tulle_runtime.faults import BadRequest, Fault, MethodNotAllowed, UnsupportedMediaType

EVENTS = Path(__file__).parents[2] / "data/events"
SHAPES = {
    "http_api_post_json": HttpApi,
    "http_api_get": HttpApi,
    "function_url_post_json_as_base64": HttpApi,
    "rest_api_post_json": RestApi,
    "rest_api_get": RestApi,
    "alb_post_json": Alb,
    "alb_multi_value_get": Alb,
    "direct_url": None,
}
JPEG = b"\xff\xd8\xff\xe0rest"


def event(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return content


def post(body: bytes, content_type: str | None, *, as_text: bool = False) -> dict[str, Any]:
    """Make an HTTP API event as the gateway does: base64 for all but text."""
    request = event("http_api_post_json")
    request["headers"] = {} if content_type is None else {"content-type": content_type}
    request["body"] = body.decode() if as_text else base64.b64encode(body).decode()
    request["isBase64Encoded"] = not as_text
    return request


def test_every_recorded_event_is_listed() -> None:
    assert {path.stem for path in EVENTS.iterdir()} == set(SHAPES)


@pytest.mark.parametrize("name", SHAPES)
def test_at_most_one_shape_matches(name: str) -> None:
    matching = [shape for shape in (HttpApi, RestApi, Alb) if shape.matches(event(name))]
    assert matching == ([SHAPES[name]] if SHAPES[name] else [])
    assert shape_of(event(name)) is SHAPES[name]


@pytest.mark.parametrize("name", SHAPES)
def test_reads_the_url_from_every_shape(name: str) -> None:
    shape = shape_of(event(name))
    request = shape.read(event(name)) if shape else read_direct(event(name))
    assert request.url == "https://example.com/pants.jpg"
    assert request.picture is None


@pytest.mark.parametrize(
    "unknown", [{"Records": []}, {"requestContext": {"eventType": "MESSAGE"}}, [], "x", None]
)
def test_takes_what_no_gateway_made_for_a_direct_invoke(unknown: Any) -> None:
    assert shape_of(unknown) is None
    with pytest.raises(BadRequest):
        read_direct(unknown)


@pytest.mark.parametrize(
    "content_type", ["image/jpeg", "IMAGE/PNG", "application/octet-stream", None]
)
def test_reads_a_picture_from_the_body(content_type: str | None) -> None:
    assert HttpApi.read(post(JPEG, content_type)).picture == JPEG


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/vnd.x+json; charset=utf-8", None]
)
def test_reads_json_whatever_way_the_gateway_passed_it(content_type: str | None) -> None:
    body = b' {"url": "https://example.com/a.jpg"}'
    assert HttpApi.read(post(body, content_type)).url == "https://example.com/a.jpg"


@pytest.mark.parametrize("prefix", ["", "data:image/jpeg;base64,"])
@pytest.mark.parametrize("separator", ["", "\n", "\r\n"])
def test_reads_a_picture_in_base64(prefix: str, separator: str) -> None:
    text = base64.b64encode(JPEG * 20).decode()
    wrapped = separator.join(text[i : i + 76] for i in range(0, len(text), 76))
    assert read_direct({"image": prefix + wrapped}).picture == JPEG * 20


@pytest.mark.parametrize(
    ("request_event", "fault", "says"),
    [
        (post(b"", "application/json"), BadRequest, "body is empty"),
        (post(b"{", "application/json"), BadRequest, "not JSON"),
        (post(b"\xff\xfe", "application/json"), BadRequest, "not JSON"),
        (post(b"[" * 200_000, "application/json"), BadRequest, "not JSON"),
        (post(b"[1]", "application/json"), BadRequest, "not a JSON object"),
        (post(b"{}", "application/json"), BadRequest, "no 'url' and no 'image'"),
        (post(b'{"url": "a", "image": "b"}', "application/json"), BadRequest, "Both"),
        (post(b'{"url": 3}', "application/json"), BadRequest, "must be strings"),
        (post(b'{"image": "\xc3\xa4"}', "application/json"), BadRequest, "not base64"),
        (post(b'{"image": "AAA"}', "application/json"), BadRequest, "not base64"),
        (
            post(b"a=b", "application/x-www-form-urlencoded"),
            UnsupportedMediaType,
            "x-www-form-urlencoded",
        ),
        (
            post(b"x", "multipart/form-data; boundary=1"),
            UnsupportedMediaType,
            "multipart/form-data",
        ),
        (post(b"{}", "text/plain"), UnsupportedMediaType, "text/plain"),
        (post(b"?PNG", "image/png", as_text=True), UnsupportedMediaType, "binary media type"),
        (post(b"x", "image/png") | {"body": "AAAAA"}, BadRequest, "marked as base64"),
    ],
)
def test_says_what_is_wrong_with_a_request(
    request_event: dict[str, Any], fault: type[Fault], says: str
) -> None:
    with pytest.raises(fault, match=says):
        HttpApi.read(request_event)


def test_asks_for_a_url_in_the_query() -> None:
    request = event("http_api_get")
    del request["queryStringParameters"]
    with pytest.raises(BadRequest, match=r"no 'url' in the query"):
        HttpApi.read(request)


def test_answers_no_other_method() -> None:
    request = event("http_api_get")
    request["requestContext"]["http"]["method"] = "DELETE"
    with pytest.raises(MethodNotAllowed, match="DELETE") as caught:
        HttpApi.read(request)
    assert Answer.of_fault(caught.value).headers["allow"] == "GET, POST"


def test_writes_a_problem_document() -> None:
    response = HttpApi.write(Answer.of_fault(BadRequest("Say what.")), event("http_api_get"))
    assert response == {
        "statusCode": 400,
        "headers": {"content-type": "application/problem+json"},
        "body": '{"title": "The request cannot be understood", "status": 400, "detail": "Say what."}',
        "isBase64Encoded": False,
    }


def test_writes_the_status_line_for_a_load_balancer() -> None:
    answer = Answer(200, {}, {"content-type": "application/json"})
    assert Alb.write(answer, event("alb_post_json"))["statusDescription"] == "200 OK"
    several = Alb.write(answer, event("alb_multi_value_get"))
    assert several["multiValueHeaders"] == {"content-type": ["application/json"]}
    assert "headers" not in several
