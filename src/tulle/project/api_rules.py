"""Owns the rules of `[api]`: what it may say, and what goes with which kind of gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.project.api import ApiType, Authorizer, Period
from tulle.project.route import read_route
from tulle.project.route_rules import route_conflicts
from tulle.project.values import (
    Each,
    boolean,
    list_of,
    matching,
    number,
    one_of,
    text,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html
    "base_path": matching(
        r"/?[\w$.+!*'()-]+(/[\w$.+!*'()-]+)*/?", "a path such as 'v1', of plain characters"
    ),
    "domain": matching(r"[a-z0-9-]+(\.[a-z0-9-]+)+", "a domain's name, such as api.example.com"),
    "binary_media_types": list_of(
        matching(r"\*/\*|[\w.+-]+/(\*|[\w.+-]+)", "a type"), "types such as 'image/png' or '*/*'"
    ),
    "timeout_s": number(0.05, 900),
    "throttle": _THROTTLE,
    "route_throttle": Each(key=_route, value=_THROTTLE),
    "access_logs": boolean,
    "authorizer": one_of(tuple(Authorizer)),
    "jwt": {
        "issuer": matching(r"https://[^\s?#]+", "a URL that begins with https://"),
        "audience": list_of(text, "texts, such as the ids of clients"),
        "scopes": list_of(text, "texts, such as 'pictures/read'"),
    },
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
        "jwt": 'a REST API reads no JWT by itself: take type = "http"',
    },
    "url": {
        "keys": 'a function URL has no API keys: take type = "rest"',
        "binary_media_types": "a function URL passes all but text in base64 by itself: leave it out",
        "stage": "a function URL has no stages: leave it out",
        "stage_variables": "a function URL has no stages: use the function's own variables",
        "base_path": "a function URL is its own domain: leave it out",
        "domain": 'a function URL is its own domain: take type = "http"',
        "access_logs": "a function URL writes none: let the function log its requests",
        "jwt": 'a function URL reads no JWT by itself: take type = "http"',
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
    yield from route_conflicts(api, kind)
    if "cors" not in strangers:
        yield from _cors(api.get("cors"), kind)
    yield from _quotas(api.get("keys"))
    if "jwt" not in strangers:
        yield from _jwt(api)
    timeout_s = api.get("timeout_s")
    if kind == "http" and isinstance(timeout_s, int | float) and timeout_s > 30:
        yield f"`api.timeout_s` is {timeout_s}", "an HTTP API waits for 30 seconds at most"


def _jwt(api: Section) -> Iterator[tuple[str, str]]:
    jwt = api.get("jwt")
    if not isinstance(jwt, dict):
        return
    if "authorizer" in api:
        yield "there are both `api.authorizer` and [api.jwt]", "keep one of the two"
    if "issuer" not in jwt:
        yield "[api.jwt] names no issuer", 'write issuer = "https://…", whose tokens are taken'
    if not jwt.get("audience"):
        yield "[api.jwt] names no audience", 'write audience = ["…"], for whom a token must be'


def _cors(cors: object, kind: object) -> Iterator[tuple[str, str]]:
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
    methods = cors.get("allow_methods")
    if kind == "url" and isinstance(methods, list) and "OPTIONS" in methods:
        yield (
            "`api.cors.allow_methods` of a function URL names OPTIONS",
            "leave it out: preflights are answered all the same",
        )
    if kind == "url" and cors.get("max_age_s") == -1:
        yield "`api.cors.max_age_s` is -1", "write 0, which a function URL takes for never"


def _quotas(keys: object) -> Iterator[tuple[str, str]]:
    for name, key in keys.items() if isinstance(keys, dict) else ():
        quota = key.get("quota") if isinstance(key, dict) else None
        if isinstance(quota, dict) and "limit" not in quota:
            yield f"`api.keys.{name}.quota` says no limit", "write limit = 1000 in it"
