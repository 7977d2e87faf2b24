"""Owns `Route`: which requests go to the function, and what of their path it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Match", "Route", "find_route"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A path that goes to the function, for one method or for `ANY`.

    Args:
        path: may hold variables: `/models/{name}`, and `/{proxy+}` for all that follows.
    """

    method: str = "ANY"
    path: str

    @property
    def key(self) -> str:
        """Name the route as API Gateway does."""
        return f"{self.method} {self.path}"

    @property
    def is_greedy(self) -> bool:
        """Tell whether the last variable takes all that follows."""
        return self.path.endswith("+}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The route that took a request, and the values of its variables as they were sent."""

    route: Route
    parameters: tuple[tuple[str, str], ...] = ()


def find_route(routes: Iterable[Route], method: str, raw_path: str) -> Match | None:
    """Find the route that says most of a request: whole paths go before greedy ones."""
    for route in sorted(routes, key=_vagueness):
        parameters = _parameters(route.path.split("/"), raw_path.split("/"))
        if parameters is not None and route.method in {method, "ANY"}:
            return Match(route=route, parameters=tuple(parameters.items()))
    return None


def _vagueness(route: Route) -> tuple[bool, int, int, bool]:
    fixed = [segment for segment in route.path.split("/") if not segment.startswith("{")]
    return route.is_greedy, -len(fixed), route.path.count("{"), route.method == "ANY"


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
