"""What `[api]` sets, over the wire."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.dev_process import TULLE, running_dev

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from integration.emulator.dev_process import Dev

HANDLER = """
import json

def lambda_handler(event, context):
    headers = {"Access-Control-Allow-Origin": "https://from.the.function", "X-Own": "1"}
    return {"statusCode": 200, "headers": headers, "body": json.dumps(event)}
"""
HTTP = """
[api]
routes = ["POST /predict", "$default"]
stage = "dev"
stage_variables = { color = "blue" }
route_throttle = { "POST /predict" = { rate = 0.001, burst = 2 } }

[api.cors]
allow_origins = ["http://localhost:3000"]
allow_methods = ["POST"]
expose_headers = ["x-own"]
"""
REST = """
[api]
type = "rest"
route = "/predict"
stage = "live"
binary_media_types = ["*/*"]

[api.keys.partner]
from_env = "PARTNER_KEY"
quota = { limit = 2, period = "month" }

[api.keys.own]
"""
PARTNER_KEY = "partner-key-0123456789"
PAGE = ("Origin", "http://localhost:3000")


def serve(folder: Path, settings: str, *options: str, **environ: str) -> Any:
    folder.mkdir(exist_ok=True)
    (folder / "app.py").write_text(HANDLER)
    (folder / "tulle.toml").write_text(settings)
    start = ("--handler", "app.lambda_handler", "--no-reload", *options)
    return running_dev(folder, *start, environ={**os.environ, **environ})


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    with serve(tmp_path_factory.mktemp("http") / "fn", HTTP) as dev:
        yield dev


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("rest") / "fn"
    with serve(folder, REST, PARTNER_KEY=PARTNER_KEY) as dev:
        yield dev


def test_a_named_stage_is_in_the_path_and_not_in_the_route(http: Dev) -> None:
    event = http.request("GET", "/dev/any/path").json
    context = event["requestContext"]
    assert (event["rawPath"], context["http"]["path"]) == ("/dev/any/path", "/dev/any/path")
    assert (event["routeKey"], context["stage"]) == ("$default", "dev")
    assert event["stageVariables"] == {"color": "blue"}
    assert http.request("GET", "/any/path").body == b'{"message":"Not Found"}'


def test_a_preflight_is_answered_without_the_function(http: Dev) -> None:
    asked = (PAGE, ("Access-Control-Request-Method", "POST"))
    answer = http.request("OPTIONS", "/dev/predict", headers=asked)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == PAGE[1]
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert answer.headers["apigw-requestid"]
    plain = http.request("OPTIONS", "/dev/predict", headers=(PAGE,))
    assert plain.json["requestContext"]["http"]["method"] == "OPTIONS"


@pytest.mark.parametrize(("path", "status"), [("/dev/any", 200), ("/nowhere", 404)])
def test_an_answer_says_who_may_read_it(http: Dev, path: str, status: int) -> None:
    answer = http.request("GET", path, headers=(PAGE,))
    assert answer.status == status
    assert answer.headers.get_all("access-control-allow-origin") == [PAGE[1]]
    assert answer.headers["access-control-expose-headers"] == "x-own"
    other = http.request("GET", path, headers=(("Origin", "http://evil.example"),))
    assert other.headers["access-control-allow-origin"] is None


def test_a_route_may_be_asked_too_often(http: Dev) -> None:
    answers = [http.request("POST", "/dev/predict") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[-1].body == b'{"message":"Too Many Requests"}'
    assert http.request("GET", "/dev/predict").status == 200


def test_an_option_allows_an_origin(tmp_path: Path) -> None:
    with serve(tmp_path / "fn", "", "--cors-origin", PAGE[1], "--api", "url") as dev:
        asked = (PAGE, ("Access-Control-Request-Method", "PUT"))
        preflight = dev.request("OPTIONS", "/", headers=asked)
        answer = dev.request("PUT", "/", headers=(PAGE,))
    assert preflight.headers["access-control-allow-methods"] == "*"
    assert answer.headers.get_all("access-control-allow-origin") == [
        "https://from.the.function",
        PAGE[1],
    ]


def test_a_rest_api_asks_for_a_key_and_counts(rest: Dev) -> None:
    shown = ("X-Api-Key", PARTNER_KEY)
    wrong = [
        rest.request("GET", "/predict", headers=given) for given in ((), (("x-api-key", "x"),))
    ]
    right = [rest.request("GET", "/live/predict", headers=(shown,)) for _ in range(3)]
    assert {(answer.status, answer.body) for answer in wrong} == {(403, b'{"message":"Forbidden"}')}
    assert wrong[0].headers["x-amzn-ErrorType"] == "ForbiddenException"
    assert [answer.status for answer in right] == [200, 200, 429]
    assert right[2].body == b'{"message":"Limit Exceeded"}'
    event = right[0].json
    assert event["requestContext"]["identity"]["apiKeyId"] == "partner"
    assert event["requestContext"]["identity"]["apiKey"] == PARTNER_KEY
    assert (event["path"], event["requestContext"]["path"]) == ("/predict", "/live/predict")


def test_a_key_that_is_made_is_shown_and_one_that_is_given_is_not(rest: Dev) -> None:
    rest.wait_for_log("API key own: ")
    made = rest.log.partition("API key own: ")[2].split()[0]
    answer = rest.request("POST", "/predict", b"text", (("x-api-key", made),))
    assert answer.json["isBase64Encoded"] is True
    assert "API key partner: that PARTNER_KEY holds" in rest.log
    assert PARTNER_KEY not in rest.log


def test_a_key_that_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(HANDLER)
    (tmp_path / "tulle.toml").write_text(REST)
    environ = {name: value for name, value in os.environ.items() if name != "PARTNER_KEY"}
    command = [*TULLE, "dev", "--handler", "app.lambda_handler", "--port", "0"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "PARTNER_KEY, which holds an API key, is not set" in done.stderr
    assert "export PARTNER_KEY=" in done.stderr
