"""Owns which of a version's wheels suits a target best, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.target import Target

__all__ = ["suitability"]

# The names that PEP 600's had before it.
_OLDER_NAMES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


def suitability(file: str, target: Target) -> int:
    """Rank a wheel: the less, the better it suits the target's Python, C library and processor, as pip ranks them."""
    version = tuple(map(int, target.python.split(".")))
    platforms = list(_platforms(target))
    interpreter = f"cp{target.python.replace('.', '')}"
    tags = (
        *cpython_tags(version, platforms=platforms),
        *compatible_tags(version, interpreter, platforms),
    )
    ranks = {tag: rank for rank, tag in enumerate(tags)}
    *_, own = parse_wheel_filename(file)
    return min(ranks.get(tag, len(ranks)) for tag in own)


def _platforms(target: Target) -> Iterator[str]:
    machine = target.architecture.machine
    _, newest = target.glibc
    for minor in range(newest, 4, -1):
        yield f"manylinux_2_{minor}_{machine}"
        if minor in _OLDER_NAMES:
            yield f"{_OLDER_NAMES[minor]}_{machine}"
    yield f"linux_{machine}"
