"""Owns what packages a function asks for, in one spelling."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement as Unreadable
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tulle.bundle.wheels.runtime_needs import runtime_needs
from tulle.errors import InvalidRequirement

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Request", "read_request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The user's requirements, each once, in order, and whether the function runtime's needs come with them."""

    requirements: tuple[str, ...]
    with_runtime: bool

    @property
    def needs(self) -> dict[str, str]:
        """What the function runtime needs, if it is there at all."""
        return runtime_needs() if self.with_runtime else {}

    @property
    def sha256(self) -> str:
        """Tell requests apart, those of a tulle with other needs too."""
        lines = "\n".join((*self.needs.values(), "", *self.requirements))
        return hashlib.sha256(lines.encode()).hexdigest()


def read_request(requirements: Iterable[str], *, with_runtime: bool) -> Request:
    """Read requirements as `pip` has them: a name, versions, extras, a marker.

    Raises:
        InvalidRequirement: a line is none, or names a file, a folder or an address.
    """
    texts = (line.strip() for line in requirements)
    wanted = {_one_spelling(text) for text in texts if text[:1] not in {"", "#"}}
    return Request(requirements=tuple(sorted(wanted)), with_runtime=with_runtime)


def _one_spelling(text: str) -> str:
    try:
        requirement = Requirement(text)
    except Unreadable as exc:
        raise InvalidRequirement(
            f"`{text}` is no requirement: {str(exc).splitlines()[0]}",
            hint="write a package's name and versions, such as `scikit-learn>=1.7`",
        ) from exc
    if requirement.url:
        raise InvalidRequirement(
            f"`{text}` names a file or an address, which a lock cannot repeat",
            hint="put the package's wheel into a folder, name that folder in the environment variable "
            f"UV_FIND_LINKS, and require `{requirement.name}`",
        )
    requirement.name = canonicalize_name(requirement.name)
    return str(requirement)
