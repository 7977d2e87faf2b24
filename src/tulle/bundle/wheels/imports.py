"""Owns following the imports of modules through a package."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.bundle.python_imports import When
from tulle.bundle.python_imports import imports_of as imports_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["Closure", "import_closure", "imports_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """The modules of a package that some of its modules lead to."""

    loaded: frozenset[str]
    """Those that are imported together with them."""
    later: frozenset[str]
    """Those that a function of theirs would import when it is called."""


def import_closure(roots: Iterable[str], modules: Mapping[str, Path]) -> Closure:
    """Follow the imports of some modules.

    Args:
        roots: names of modules.
        modules: the files of all modules that may be found, compiled ones too, by their names.
    """
    loaded = _reach(roots, modules, later=False)
    return Closure(loaded=loaded, later=_reach(loaded, modules, later=True) - loaded)


def _reach(roots: Iterable[str], modules: Mapping[str, Path], *, later: bool) -> frozenset[str]:
    reached: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in reached or name not in modules:
            continue
        reached.add(name)
        waiting += _parents(name)
        path = modules[name]
        if path.suffix == ".py":
            waiting += imports_of(path, name, later=later)
    return frozenset(reached)


def _parents(name: str) -> tuple[str, ...]:
    parts = name.split(".")
    return tuple(".".join(parts[:count]) for count in range(1, len(parts)))


def imports_of(path: Path, name: str, *, later: bool) -> tuple[str, ...]:
    """List what a module may import; of `from a import b`, both `a` and `a.b`.

    Args:
        path: the module's source.
        name: its full name.
        later: whether the imports within functions count.
    """
    found = imports_in(ast.parse(path.read_bytes()), name, is_package=path.name == "__init__.py")
    taken = [one for one in found if later or one.when is When.AT_ONCE]
    return tuple(
        full
        for one in taken
        for full in (one.module, *(f"{one.module}.{member}" for member in one.names))
    )
