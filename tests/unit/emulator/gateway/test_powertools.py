"""AWS's own library reads the events: its models check every field, its data classes find their way."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import (
    APIGatewayProxyEvent,
    APIGatewayProxyEventV2,
    LambdaFunctionUrlEvent,
)
from aws_lambda_powertools.utilities.parser.models import (
    APIGatewayProxyEventModel,
    APIGatewayProxyEventV2Model,
    LambdaFunctionUrlModel,
)

from made_requests import request
from tulle.emulator.aws_json import compact_json
from tulle.emulator.gateway.api_keys import IssuedKey
from tulle.emulator.gateway.function_url import FunctionUrl
from tulle.emulator.gateway.http_api import HttpApi
from tulle.emulator.gateway.rest_api import RestApi
from tulle.emulator.gateway.routes import Match
from tulle.project.api import ApiKey, ApiSection, ApiType
from tulle.project.route import DEFAULT_ROUTE, Route

PICTURE = bytes(range(256))
PROXY = Match(route=Route(path="/{proxy+}"), parameters=(("proxy", "a%20b/c"),))
KEY = IssuedKey(key=ApiKey(name="partner"), value="k" * 20)
HEADERS = (("Host", "localhost:8000"), ("User-Agent", "agent"))
REQUESTS: dict[str, dict[str, Any]] = {
    "bare": {"method": "GET", "headers": ()},
    "query": {"method": "GET", "headers": HEADERS, "query": "a=1&a=2&b=x%20y+z&c"},
    "json": {"headers": (*HEADERS, ("Content-Type", "application/json")), "body": b'{"n": 1}'},
    "picture": {"headers": (*HEADERS, ("Content-Type", "image/png")), "body": PICTURE},
    "cookies": {"method": "HEAD", "headers": (*HEADERS, ("Cookie", "a=1; b=2"))},
    "proxy": {"method": "DELETE", "path": "/a b/c", "raw_path": "/a%20b/c", "match": PROXY},
    "ipv6": {"method": "OPTIONS", "headers": (("Host", "[::1]:8000"),), "source_ip": "::1"},
}


def http_api(name: str) -> dict[str, Any]:
    given = {"match": Match(route=DEFAULT_ROUTE), **REQUESTS[name]}
    api = ApiSection(stage="dev", stage_variables=(("color", "blue"),))
    return as_sent(HttpApi(api).build_event(request(**given)))


def rest_api(name: str) -> dict[str, Any]:
    api = ApiSection(type=ApiType.REST, stage_variables=(("color", "blue"),))
    return as_sent(RestApi(api).build_event(request(**REQUESTS[name], api_key=KEY)))


def function_url(name: str) -> dict[str, Any]:
    return as_sent(FunctionUrl().build_event(request(**REQUESTS[name])))


def as_sent(event: dict[str, object]) -> dict[str, Any]:
    return dict(json.loads(compact_json(event)))


@pytest.mark.parametrize("name", REQUESTS)
def test_the_models_take_every_event(name: str) -> None:
    http = APIGatewayProxyEventV2Model.model_validate(http_api(name))
    rest = APIGatewayProxyEventModel.model_validate(rest_api(name))
    url = LambdaFunctionUrlModel.model_validate(function_url(name))
    method = REQUESTS[name].get("method", "POST")
    assert (http.requestContext.http.method, rest.httpMethod) == (method, method)
    assert url.requestContext.http.method == method
    assert str(http.requestContext.http.sourceIp) == str(rest.requestContext.identity.sourceIp)
    assert (http.stageVariables, rest.stageVariables) == ({"color": "blue"}, {"color": "blue"})
    assert rest.requestContext.identity.apiKeyId == "partner"


@pytest.mark.parametrize(
    "event",
    [
        APIGatewayProxyEventV2(http_api("picture")),
        APIGatewayProxyEvent(rest_api("picture")),
        LambdaFunctionUrlEvent(function_url("picture")),
    ],
)
def test_the_data_classes_find_a_picture(
    event: APIGatewayProxyEvent | APIGatewayProxyEventV2,
) -> None:
    assert event.is_base64_encoded is True
    assert base64.b64decode(event.body or "") == PICTURE


@pytest.mark.parametrize(
    ("event", "values"),
    [
        (APIGatewayProxyEventV2(http_api("query")), ["1", "2"]),
        (APIGatewayProxyEvent(rest_api("query")), ["1", "2"]),
        (LambdaFunctionUrlEvent(function_url("query")), ["1", "2"]),
    ],
)
def test_the_data_classes_find_every_query_value(
    event: APIGatewayProxyEvent | APIGatewayProxyEventV2, values: list[str]
) -> None:
    assert event.resolved_query_string_parameters["a"] == values
    assert event.resolved_query_string_parameters["b"] == ["x y z"]


def test_the_data_classes_look_past_a_stage() -> None:
    event = APIGatewayProxyEventV2({**http_api("json"), "rawPath": "/dev/predict"})
    assert event.path == "/predict"
    assert event.json_body == {"n": 1}
    assert APIGatewayProxyEvent(rest_api("json")).path == "/predict"
