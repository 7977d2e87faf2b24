"""Owns the rules of `[api]`: what it may say, and what goes with which kind of gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.project.api import ApiType, Period
from tulle.project.route import DEFAULT_ROUTE, read_route
from tulle.project.values import (
    Each,
    boolean,
    list_of,
    matching,
    number,
    one_of,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tulle.project.route import Route
    from tulle.project.values import Schema

    Section = Mapping[str, object]

__all__ = ["API", "conflicts"]


def _route(value: object) -> str | None:
    fits = isinstance(value, str) and read_route(value) is not None
    return None if fits else "must be a route such as '/predict', 'POST /predict' or '/{proxy+}'"


_THROTTLE: Schema = {"rate": number(0, 1_000_000), "burst": whole_number(0, 1_000_000)}
# An origin, or all; https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
_ORIGIN = matching(r"\*|https?://(\*|[^\s/*?#]+)", "an origin")
_METHOD = matching(r"\*|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT", "a method")
_HEADER = matching(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", "a header's name")

API: Schema = {
    "type": one_of(tuple(ApiType)),
    "route": _route,
    "routes": list_of(_route, "routes, such as '/predict', 'POST /predict' or '/{proxy+}'"),
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
    "stage": matching(
        r"[a-zA-Z0-9_-]{1,128}", "at most 128 letters, digits, hyphens and underscores"
    ),
    "stage_variables": Each(
        key=matching(r"[a-zA-Z0-9_]{1,64}", "a name of at most 64 letters, digits, underscores"),
        value=matching(r"[A-Za-z0-9._~:/?#&=,-]{1,512}", "at most 512 plain characters"),
    ),
    "base_path": matching(r"/?[^\s/?#{}]+(/[^\s/?#{}]+)*/?", "a path such as 'v1'"),
    "binary_media_types": list_of(
        matching(r"\*/\*|[\w.+-]+/(\*|[\w.+-]+)", "a type"), "types such as 'image/png' or '*/*'"
    ),
    "timeout_s": number(0.05, 900),
    "throttle": _THROTTLE,
    "route_throttle": Each(key=_route, value=_THROTTLE),
    "cors": {
        "allow_origins": list_of(_ORIGIN, "origins such as 'https://example.com', or '*'"),
        "allow_methods": list_of(_METHOD, "methods such as 'GET', or '*'"),
        "allow_headers": list_of(_HEADER, "headers' names, or '*'"),
        "expose_headers": list_of(_HEADER, "headers' names, or '*'"),
        "max_age_s": whole_number(-1, 86_400),
        "allow_credentials": boolean,
    },
    "keys": Each(
        key=matching(r"[\w-]{1,64}", "a name of letters, digits, hyphens and underscores"),
        value={
            "from_env": matching(r"[A-Za-z_]\w*", "the name of an environment variable"),
            "throttle": _THROTTLE,
            "quota": {
                "limit": whole_number(1, 2**31 - 1),
                "period": one_of(tuple(Period)),
            },
        },
    ),
}

# What a kind does not have, and what to do instead.
_STRANGERS = {
    "http": {
        "keys": 'an HTTP API has no API keys: take type = "rest", or check a header in the function',
        "binary_media_types": "an HTTP API passes all but text in base64 by itself: leave it out",
    },
    "rest": {
        "cors": "a REST API leaves CORS to the function: let it answer OPTIONS, and send "
        'access-control-allow-origin itself; or take type = "http"',
    },
    "url": {
        "keys": 'a function URL has no API keys: take type = "rest"',
        "binary_media_types": "a function URL passes all but text in base64 by itself: leave it out",
        "stage": "a function URL has no stages: leave it out",
        "stage_variables": "a function URL has no stages: use the function's own variables",
        "base_path": "a function URL is its own domain: leave it out",
        "timeout_s": "a function URL waits as long as the function may run: set timeout_s "
        "under [function]",
        "throttle": "a function URL takes ten requests a second for each invocation that may "
        "run at once: leave it out",
        "route_throttle": "a function URL has no routes: leave it out",
    },
}


def conflicts(api: Section) -> Iterator[tuple[str, str]]:
    """Tell what goes ill together, and what to do about it."""
    kind = api.get("type", "http")
    strangers = _STRANGERS.get(kind, {}) if isinstance(kind, str) else {}
    for key, hint in strangers.items():
        if key in api:
            yield f"`api.{key}` does not go with type {kind!r}", hint
    yield from _routes(api, kind)
    if "cors" not in strangers:
        yield from _cors(api.get("cors"))
    yield from _quotas(api.get("keys"))
    timeout_s = api.get("timeout_s")
    if kind == "http" and isinstance(timeout_s, int | float) and timeout_s > 30:
        yield f"`api.timeout_s` is {timeout_s}", "an HTTP API waits for 30 seconds at most"


def _routes(api: Section, kind: object) -> Iterator[tuple[str, str]]:
    if "route" in api and "routes" in api:
        yield "there are both `api.route` and `api.routes`", "keep one of the two"
    named = api.get("routes", [api.get("route", "/predict")])
    texts = named if isinstance(named, list) else []
    routes = [read_route(item) for item in texts if isinstance(item, str)]
    if "routes" in api and named == []:
        yield "`api.routes` is empty", "name a route, or leave it out for /predict"
    if kind == "rest" and DEFAULT_ROUTE in routes:
        yield "a REST API has no route $default", "take /{proxy+}, and / beside it"
    twice = {route.key for route in routes if route and routes.count(route) > 1}
    for key in sorted(twice):
        yield f"the route {key} is named twice", "keep one of the two"
    yield from _variables({route.key: route for route in routes if route}.values())
    throttled = api.get("route_throttle")
    for item in throttled if isinstance(throttled, dict) else ():
        if kind != "url" and (route := read_route(item)) and route not in routes:
            yield f"`api.route_throttle` names {item}, which is no route", "add it to routes"


def _variables(routes: Iterable[Route]) -> Iterator[tuple[str, str]]:
    """Find what API Gateway would refuse, for it could not tell values, or routes, apart."""
    shapes: dict[tuple[str, str], str] = {}
    for route in routes:
        names = route.variables
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"the route {route.key} has two variables {name}", "give each its own name"
        first = shapes.setdefault((route.method, route.shape), route.key)
        if first != route.key:
            yield f"the routes {first} and {route.key} take the same requests", "keep one of them"


def _cors(cors: object) -> Iterator[tuple[str, str]]:
    if not isinstance(cors, dict):
        return
    origins = cors.get("allow_origins")
    if origins is None:
        yield "[api.cors] allows no origin", 'write allow_origins = ["https://…"], or ["*"]'
    if cors.get("allow_credentials") is True and isinstance(origins, list) and "*" in origins:
        yield (
            "`api.cors.allow_credentials` does not go with the origin '*'",
            "name the origins: else any page could act with its visitors' cookies",
        )


def _quotas(keys: object) -> Iterator[tuple[str, str]]:
    for name, key in keys.items() if isinstance(keys, dict) else ():
        quota = key.get("quota") if isinstance(key, dict) else None
        if isinstance(quota, dict) and "limit" not in quota:
            yield f"`api.keys.{name}.quota` says no limit", "write limit = 1000 in it"
