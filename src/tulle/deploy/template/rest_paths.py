"""Owns the tree of paths that a REST API holds, from its routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.deploy.template.resource import logical_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tulle.project.route import Route

__all__ = ["PathPart", "path_id", "path_parts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPart:
    """One part of a path; `above` is the path that it stands under, `/` for the root."""

    above: str
    part: str

    @property
    def path(self) -> str:
        """The path up to it."""
        return f"{self.above.rstrip('/')}/{self.part}"


def path_parts(routes: Iterable[Route]) -> tuple[PathPart, ...]:
    """List the parts of all paths, each once, those above before those below."""
    found: dict[PathPart, None] = {}
    for route in routes:
        above = "/"
        for part in route.parts:
            one = PathPart(above=above, part=part)
            found[one] = None
            above = one.path
    return tuple(found)


def path_id(path: str) -> str:
    """Name the resource of a path."""
    return logical_id("Path", path)
