"""Each kind of gateway before real functions: tulle's own, and those of other people's frameworks."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from aws_lambda_powertools.utilities.data_classes import (
    APIGatewayProxyEvent,
    APIGatewayProxyEventV2,
    LambdaFunctionUrlEvent,
)

from integration.emulator.dev_process import running_dev

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from integration.emulator.dev_process import Answer, Dev

KINDS = ("http", "rest", "url")
HANDLER = """
import base64, json, time

def lambda_handler(event, context):
    headers = event["headers"]
    if headers.get("x-answer"):
        return json.loads(headers["x-answer"])
    if headers.get("x-fail"):
        raise ValueError("secret detail")
    return {"statusCode": 200, "body": json.dumps(event)}
"""
URL_TOO_LARGE = (
    b'{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}'
)
WAITING = """
import pathlib, time

def lambda_handler(event, context):
    print("it is busy")
    while not pathlib.Path("go").exists():
        time.sleep(0.01)
    return {"statusCode": 200}
"""


@pytest.fixture(scope="module", params=KINDS)
def model(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("model") / "here"
    folder.mkdir()
    with running_dev(folder, "clothing", "--api", request.param) as dev:
        yield dev


@pytest.fixture(scope="module")
def gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Dev]]:
    """Serve one handler behind each kind, chosen by `tulle.toml`."""
    with ExitStack() as stack:
        yield {kind: stack.enter_context(running(tmp_path_factory, kind)) for kind in KINDS}


def running(tmp_path_factory: pytest.TempPathFactory, kind: str) -> Any:
    folder = tmp_path_factory.mktemp(kind) / "fn"
    folder.mkdir()
    (folder / "app.py").write_text(HANDLER)
    (folder / "tulle.toml").write_text(f'[api]\ntype = "{kind}"\nroute = "/ask"\n')
    return running_dev(folder, "--handler", "app.lambda_handler", "--no-reload")


def ask(gateway: Dev) -> Any:
    """Send a request of every part, and give the event that came of it."""
    return gateway.request(
        "POST",
        "/ask?a=1&a=2&b=x%20y",
        "é".encode(),
        (("Content-Type", "image/png"), ("Cookie", "c1=v1; c2=v2"), ("User-Agent", "agent")),
    ).json


def test_the_clothing_function_answers_alike_behind_each(
    model: Dev, picture: bytes, picture_url: str
) -> None:
    direct = model.invoke({"image": base64.b64encode(picture).decode()})
    answers = [
        model.request("POST", "/predict", picture, (("Content-Type", "image/png"),)),
        model.request("GET", f"/predict?url={picture_url}"),
    ]
    assert [answer.status for answer in answers] == [200, 200]
    assert [answer.json for answer in answers] == [direct.json] * 2


def test_powertools_reads_an_event_of_an_http_api(gateways: dict[str, Dev]) -> None:
    event = APIGatewayProxyEventV2(ask(gateways["http"]))
    assert (event.path, event.http_method, event.route_key) == ("/ask", "POST", "ANY /ask")
    assert (event.is_base64_encoded, event.decoded_body) == (True, "é")
    assert event.cookies == ["c1=v1", "c2=v2"]
    assert event.query_string_parameters == {"a": "1,2", "b": "x y"}
    assert event.request_context.stage == "$default"
    assert event.request_context.http.user_agent == "agent"


def test_powertools_reads_an_event_of_a_rest_api(gateways: dict[str, Dev]) -> None:
    event = APIGatewayProxyEvent(ask(gateways["rest"]))
    assert (event.path, event.http_method, event.resource) == ("/ask", "POST", "/ask")
    assert (event.is_base64_encoded, event.decoded_body) == (True, "é")
    assert event.headers["Cookie"] == "c1=v1; c2=v2"
    assert event.multi_value_query_string_parameters == {"a": ["1", "2"], "b": ["x y"]}
    assert event.request_context.path == "/prod/ask"
    assert event.request_context.identity.source_ip == "127.0.0.1"
    assert event.request_context.identity.user_agent == "agent"


def test_powertools_reads_an_event_of_a_function_url(gateways: dict[str, Dev]) -> None:
    event = LambdaFunctionUrlEvent(ask(gateways["url"]))
    assert (event.path, event.http_method, event.route_key) == ("/ask", "POST", "$default")
    assert (event.is_base64_encoded, event.decoded_body) == (True, "é")
    assert event.cookies == ["c1=v1", "c2=v2"]
    assert event.request_context.account_id == "anonymous"
    assert event.request_context.domain_prefix == "local"


def shown(answer: Answer) -> tuple[int, bytes, str | None]:
    return answer.status, answer.body, answer.headers["x-amzn-ErrorType"]


@pytest.mark.parametrize(
    "header",
    [("x-fail", "yes"), ("x-answer", '{"statusCode": "ok"}'), ("x-answer", '{"statusCode": 99}')],
)
def test_what_fails_behind_each_is_told_in_its_words(
    gateways: dict[str, Dev], header: tuple[str, str]
) -> None:
    answers = {
        kind: shown(gateway.request("GET", "/ask", headers=(header,)))
        for kind, gateway in gateways.items()
    }
    assert answers == {
        "http": (500, b'{"message":"Internal Server Error"}', None),
        "rest": (502, b'{"message": "Internal server error"}', "InternalServerErrorException"),
        "url": (502, b"Internal Server Error", None),
    }


def test_only_payload_2_infers_a_response(gateways: dict[str, Dev]) -> None:
    header = ("x-answer", '{"category": "pants"}')
    answers = {
        kind: gateway.request("GET", "/ask", headers=(header,)).status
        for kind, gateway in gateways.items()
    }
    assert answers == {"http": 200, "rest": 502, "url": 200}


def test_each_has_its_own_way_with_other_paths(gateways: dict[str, Dev]) -> None:
    assert shown(gateways["http"].request("GET", "/x")) == (404, b'{"message":"Not Found"}', None)
    assert shown(gateways["rest"].request("GET", "/x")) == (
        403,
        b'{"message":"Missing Authentication Token"}',
        "MissingAuthenticationTokenException",
    )
    assert gateways["url"].request("GET", "/x").json["rawPath"] == "/x"


@pytest.mark.parametrize(
    ("size_mb", "answers"),
    [
        (
            5,
            {
                "http": b'{"message":"Request Entity Too Large"}',
                "rest": b'{"message": "Request Too Long"}',
                "url": URL_TOO_LARGE,
            },
        ),
        (
            11,
            {
                "http": b'{"message":"Request Entity Too Large"}',
                "rest": b"HTTP content length exceeded 10485760 bytes.",
                "url": URL_TOO_LARGE,
            },
        ),
    ],
)
def test_each_refuses_what_is_too_large(
    gateways: dict[str, Dev], size_mb: int, answers: dict[str, bytes]
) -> None:
    for kind, gateway in gateways.items():
        picture = bytes(size_mb * 1024 * 1024)
        answer = gateway.request("POST", "/ask", picture, (("Content-Type", "image/png"),))
        assert (answer.status, answer.body) == (413, answers[kind])


@pytest.mark.parametrize("query", ["a|b", "q={1}", "{", "x=1&y=}"])
def test_a_rest_api_takes_some_characters_of_a_query_only_encoded(
    gateways: dict[str, Dev], query: str
) -> None:
    encoded = query.replace("|", "%7C").replace("{", "%7B").replace("}", "%7D")
    statuses = {
        kind: [gateway.request("GET", f"/ask?{each}").status for each in (query, encoded)]
        for kind, gateway in gateways.items()
    }
    assert statuses == {"http": [200, 200], "rest": [400, 200], "url": [200, 200]}
    assert shown(gateways["rest"].request("GET", f"/ask?{query}")) == (
        400,
        b'{"message":"Bad Request"}',
        "BadRequestException",
    )


def test_each_gives_the_ids_of_a_request_back(gateways: dict[str, Dev]) -> None:
    answers = {kind: gateway.request("GET", "/ask") for kind, gateway in gateways.items()}
    http, rest, url = (answers[kind].headers for kind in KINDS)
    contexts = {kind: answer.json["requestContext"] for kind, answer in answers.items()}
    assert http["apigw-requestid"] == contexts["http"]["requestId"]
    assert rest["x-amzn-requestid"] == contexts["rest"]["requestId"]
    assert rest["x-amz-apigw-id"] == contexts["rest"]["extendedRequestId"]
    assert url["x-amzn-requestid"] == contexts["url"]["requestId"]


def test_a_rest_api_names_the_trace_of_what_the_function_answered(
    gateways: dict[str, Dev],
) -> None:
    answer, refusal = (gateways["rest"].request("GET", path) for path in ("/ask", "/x"))
    root = answer.json["headers"]["X-Amzn-Trace-Id"]
    assert answer.headers["X-Amzn-Trace-Id"].startswith(f"{root};Parent=")
    assert refusal.headers["X-Amzn-Trace-Id"] is None


def test_none_names_its_server(gateways: dict[str, Dev]) -> None:
    for gateway in gateways.values():
        assert gateway.request("GET", "/ask").headers["Server"] is None


def test_no_gateway_leaves_the_invoke_api(folder: Path) -> None:
    (folder / "app.py").write_text(HANDLER)
    (folder / "tulle.toml").write_text('[api]\ntype = "none"\n')
    with running_dev(folder, "--handler", "app.lambda_handler") as dev:
        assert dev.request("GET", "/predict").status == 404
        assert json.loads(dev.invoke({"headers": {}}).json["body"]) == {"headers": {}}


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("http", 503, b'{"message":"Service Unavailable"}'),
        ("rest", 500, b'{"message": "Internal server error"}'),
        ("url", 429, b'{"Message":"Rate Exceeded."}'),
    ],
)
def test_each_says_in_its_way_that_the_function_is_busy(
    folder: Path, kind: str, status: int, body: bytes
) -> None:
    (folder / "app.py").write_text(WAITING)
    options = ("--handler", "app.lambda_handler", "--no-reload", "--concurrency", "1")
    with running_dev(folder, *options, "--api", kind) as dev, ThreadPoolExecutor() as pool:
        first = pool.submit(dev.request, "GET", "/predict")
        dev.wait_for_log("it is busy")
        second = dev.request("GET", "/predict")
        (folder / "go").touch()
        assert first.result().status == 200
    assert (second.status, second.body) == (status, body)
