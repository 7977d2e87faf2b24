"""Which route takes a request."""

from __future__ import annotations

from typing import Any

import pytest

from tulle.emulator.gateway.http_api import HttpApi
from tulle.emulator.gateway.rest_api import RestApi
from tulle.emulator.gateway.routes import find_route
from tulle.project.api import ApiSection, ApiType
from tulle.project.route import DEFAULT_ROUTE, Route

ROUTES = (
    Route(path="/{proxy+}"),
    Route(path="/models/{name}"),
    Route(path="/models/{rest+}"),
    Route(method="GET", path="/models/clothing"),
)


def rest_api(*paths: str, **settings: Any) -> RestApi:
    routes = tuple(Route(path=path) for path in paths)
    return RestApi(ApiSection(type=ApiType.REST, routes=routes, **settings))


def http_api(*routes: Route, **settings: Any) -> HttpApi:
    return HttpApi(ApiSection(routes=routes, **settings))


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/models/clothing", "GET /models/clothing", {}),
        ("POST", "/models/clothing", "ANY /models/{name}", {"name": "clothing"}),
        ("GET", "/models/a%2Bb", "ANY /models/{name}", {"name": "a%2Bb"}),
        ("GET", "/models/a/b", "ANY /models/{rest+}", {"rest": "a/b"}),
        ("GET", "/other//x/", "ANY /{proxy+}", {"proxy": "other//x/"}),
        ("GET", "/models", "ANY /{proxy+}", {"proxy": "models"}),
    ],
)
def test_the_route_that_says_most_takes_it(
    method: str, path: str, key: str, parameters: dict[str, str]
) -> None:
    match = find_route(ROUTES, method, path)
    assert match is not None
    assert (match.route.key, dict(match.parameters)) == (key, parameters)


@pytest.mark.parametrize("path", ["/", "/predict", "/predict/a/b", "/predict/", "//"])
def test_what_no_route_has_is_not_found(path: str) -> None:
    assert find_route((Route(path="/predict/{name}"),), "GET", path) is None


def test_a_rest_api_looks_past_a_slash_at_the_end() -> None:
    api = rest_api("/predict", "/all/{proxy+}")
    assert api.find_route("GET", "/predict/") == api.find_route("GET", "/predict")
    match = api.find_route("GET", "/all/a/")
    assert match is not None
    assert match.parameters == (("proxy", "a"),)


# The example of https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "/pets/dog/1", "GET /pets/dog/1"),
        ("GET", "/pets/dog/2", "GET /pets/dog/{id}"),
        ("GET", "/pets/cat/1", "GET /pets/{proxy+}"),
        ("POST", "/test/5", "ANY /{proxy+}"),
        ("GET", "/", "$default"),
    ],
)
def test_amazons_own_example(method: str, path: str, key: str) -> None:
    api = http_api(
        DEFAULT_ROUTE,
        Route(path="/{proxy+}"),
        Route(method="GET", path="/pets/{proxy+}"),
        Route(method="GET", path="/pets/dog/{id}"),
        Route(method="GET", path="/pets/dog/1"),
    )
    match = api.find_route(method, path)
    assert match is not None
    assert match.route.key == key


@pytest.mark.parametrize(
    ("settings", "path", "found"),
    [
        ({}, "/predict", True),
        ({}, "/dev/predict", False),
        ({"stage": "dev"}, "/dev/predict", True),
        ({"stage": "dev"}, "/predict", False),
        ({"stage": "dev"}, "/device/predict", False),
        ({"stage": "dev", "base_path": "v1"}, "/v1/predict", True),
        ({"stage": "dev", "base_path": "v1"}, "/dev/predict", False),
    ],
)
def test_the_url_of_an_http_api_names_the_stage_that_has_a_name(
    settings: dict[str, str], path: str, found: bool
) -> None:
    assert bool(http_api(Route(path="/predict"), **settings).find_route("GET", path)) is found


@pytest.mark.parametrize(
    ("settings", "path", "found"),
    [
        ({}, "/predict", True),
        ({}, "/prod/predict", True),
        ({}, "//prod/predict", True),
        ({}, "/dev/predict", False),
        ({"stage": "dev"}, "/dev/predict/", True),
        ({"base_path": "/v1/"}, "/v1/predict", True),
        ({"base_path": "v1"}, "/prod/predict", False),
        ({"base_path": "v1"}, "/predict", False),
    ],
)
def test_the_url_of_a_rest_api_may_name_the_stage(
    settings: dict[str, str], path: str, found: bool
) -> None:
    assert bool(rest_api("/predict", **settings).find_route("GET", path)) is found


# LocalStack's tests recorded these on AWS (TestApigatewayRouting).
@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("OPTIONS", "/test", "OPTIONS /{proxy+}"),
        ("POST", "/test", "POST /test"),
        ("OPTIONS", "/test/any", "ANY /test/any"),
        ("GET", "/test/any", "ANY /test/any"),
        ("GET", "/test", None),
    ],
)
def test_a_path_without_the_method_leaves_it_to_a_greedy_one(
    method: str, path: str, key: str | None
) -> None:
    routes = (
        Route(method="POST", path="/test"),
        Route(path="/test/any"),
        Route(method="OPTIONS", path="/{proxy+}"),
    )
    match = RestApi(ApiSection(type=ApiType.REST, routes=routes)).find_route(method, path)
    assert (match.route.key if match else None) == key
