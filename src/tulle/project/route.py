"""Owns `Route`: which requests go to the function, as a user writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["DEFAULT_ROUTE", "Route", "read_route"]

_ROUTE = re.compile(
    r"(?:(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) )?"
    r"((?=/)(?:/(?:[^\s?#{}/]*|\{\w+\}))*(?:/\{\w+\+\})?)",
    re.ASCII,
)
_VARIABLE = re.compile(r"\{(\w+)(\+?)\}")


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
        return self.path if self.is_default else f"{self.method} {self.path}"

    @property
    def is_default(self) -> bool:
        """Tell whether it takes what no other route of an HTTP API takes."""
        return self.path == "$default"

    @property
    def example(self) -> str:
        """Give a path that it takes, each variable by its own name."""
        return "/" if self.is_default else _VARIABLE.sub(r"\1", self.path)

    @property
    def parts(self) -> tuple[str, ...]:
        """List what stands between the slashes; nothing for the root, or for `$default`."""
        return () if self.path in {"/", "$default"} else tuple(self.path[1:].split("/"))

    @property
    def variables(self) -> tuple[str, ...]:
        """List the names of its variables."""
        return tuple(name for name, _ in _VARIABLE.findall(self.path))

    @property
    def shape(self) -> str:
        """Give the path without the names of its variables: routes of one shape take the same paths."""
        return _VARIABLE.sub(r"{\2}", self.path)

    @property
    def is_greedy(self) -> bool:
        """Tell whether the last variable takes all that follows."""
        return self.path.endswith("+}")


DEFAULT_ROUTE = Route(path="$default")


def read_route(text: str) -> Route | None:
    """Read `/predict`, `POST /predict` or `$default`; give None for what is no route."""
    if text == DEFAULT_ROUTE.key:
        return DEFAULT_ROUTE
    found = _ROUTE.fullmatch(text)
    return None if found is None else Route(method=found[1] or "ANY", path=found[2])
