"""Owns which route takes a request, and what of the path the function is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tulle.project.route import Route

__all__ = ["Match", "find_route", "within"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The route that took a request, and the values of its variables as they were sent."""

    route: Route
    parameters: tuple[tuple[str, str], ...] = ()


def find_route(routes: Iterable[Route], method: str, raw_path: str) -> Match | None:
    """Find the route that says most of a request: whole paths go before greedy ones.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
    """
    for route in sorted(routes, key=_vagueness):
        parameters = (
            {} if route.is_default else _parameters(route.path.split("/"), raw_path.split("/"))
        )
        if parameters is not None and route.method in {method, "ANY"}:
            return Match(route=route, parameters=tuple(parameters.items()))
    return None


def within(raw_path: str, prefix: str) -> str | None:
    """Give the part of a path below a prefix such as `/dev`; None where it is not below it."""
    if raw_path == prefix:
        return "/"
    return raw_path.removeprefix(prefix) if raw_path.startswith(f"{prefix}/") else None


def _vagueness(route: Route) -> tuple[bool, bool, int, int, bool]:
    fixed = [segment for segment in route.path.split("/") if not segment.startswith("{")]
    return (
        route.is_default,
        route.is_greedy,
        -len(fixed),
        route.path.count("{"),
        route.method == "ANY",
    )


def _parameters(wanted: list[str], given: list[str]) -> dict[str, str] | None:
    """Match segment by segment; None where they differ."""
    if wanted[-1].endswith("+}"):
        head, rest = given[: len(wanted) - 1], "/".join(given[len(wanted) - 1 :])
        given = [*head, rest]
    if len(wanted) != len(given):
        return None
    parameters = {}
    for segment, value in zip(wanted, given, strict=True):
        if segment.startswith("{") and value:
            parameters[segment.strip("{+}")] = value
        elif segment != unquote(value):
            return None
    return parameters
