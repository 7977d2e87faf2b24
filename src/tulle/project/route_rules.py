"""Owns the rules of an API's routes: what API Gateway would refuse, each kind of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tulle.project.route import DEFAULT_ROUTE, read_route

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tulle.project.route import Route

    Section = Mapping[str, object]

__all__ = ["route_conflicts"]

# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html and limits.html there
_MOST = 300
_REST_PART = re.compile(r"[A-Za-z0-9._:-]+|\{\w+\+?\}", re.ASCII)


def route_conflicts(api: Section, kind: object) -> Iterator[tuple[str, str]]:
    """Tell what is wrong with the routes as a whole, and what to do about it.

    Args:
        api: what `[api]` says, checked or not.
        kind: the type of gateway.
    """
    if "route" in api and "routes" in api:
        yield "there are both `api.route` and `api.routes`", "keep one of the two"
    named = api.get("routes", [api.get("route", "/predict")])
    texts = named if isinstance(named, list) else []
    routes = [route for item in texts if isinstance(item, str) and (route := read_route(item))]
    if "routes" in api and named == []:
        yield "`api.routes` is empty", "name a route, or leave it out for /predict"
    if len(texts) > _MOST:
        yield f"there are {len(texts)} routes", f"API Gateway takes {_MOST}: take /{{proxy+}}"
    twice = {route.key for route in routes if routes.count(route) > 1}
    for key in sorted(twice):
        yield f"the route {key} is named twice", "keep one of the two"
    unique = {route.key: route for route in routes}.values()
    yield from _variables(unique)
    if kind == "rest":
        yield from _rest(unique)
    yield from _throttled(api.get("route_throttle"), kind, routes)


def _throttled(
    throttled: object, kind: object, routes: Iterable[Route]
) -> Iterator[tuple[str, str]]:
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


def _rest(routes: Iterable[Route]) -> Iterator[tuple[str, str]]:
    """Find what a REST API has no resource for: it holds paths as a tree."""
    variables: dict[str, str] = {}
    for route in routes:
        if route == DEFAULT_ROUTE:
            yield "a REST API has no route $default", "take /{proxy+}, and / beside it"
            continue
        above = ""
        for part in route.parts:
            if not _REST_PART.fullmatch(part):
                yield (
                    f"a REST API cannot have the route {route.key}",
                    "use letters, digits and . _ : - between single slashes, with none at the end",
                )
                break
            first = variables.setdefault(above, part) if part.startswith("{") else part
            if first != part:
                yield (
                    f"a REST API cannot have both {first} and {part} under {above or '/'}",
                    'give the variable one name everywhere, or take type = "http"',
                )
            above = f"{above}/{part}"
