"""Which route takes a request."""

from __future__ import annotations

import pytest

from tulle.emulator.gateway.rest_api import RestApi
from tulle.emulator.gateway.routes import Route, find_route

ROUTES = (
    Route(path="/{proxy+}"),
    Route(path="/models/{name}"),
    Route(path="/models/{rest+}"),
    Route(method="GET", path="/models/clothing"),
)


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
    api = RestApi((Route(path="/predict"), Route(path="/all/{proxy+}")))
    assert api.find_route("GET", "/predict/") == api.find_route("GET", "/predict")
    match = api.find_route("GET", "/all/a/")
    assert match is not None
    assert match.parameters == (("proxy", "a"),)
