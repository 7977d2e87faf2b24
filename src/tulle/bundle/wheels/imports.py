"""Owns reading which modules a module imports, without running it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["Closure", "import_closure", "imports_of"]

_LATER = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


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
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    tree = ast.parse(path.read_bytes())
    return tuple(found for node in _statements(tree, later) for found in _names(node, package))


def _statements(node: ast.AST, later: bool) -> Iterator[ast.Import | ast.ImportFrom]:  # noqa: FBT001
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node
    elif later or not isinstance(node, _LATER):
        for child in _children(node):
            yield from _statements(child, later)


def _children(node: ast.AST) -> Iterable[ast.AST]:
    if isinstance(node, ast.If) and _is_for_type_checkers(node.test):
        return node.orelse
    return ast.iter_child_nodes(node)


def _is_for_type_checkers(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", None)
    return name == "TYPE_CHECKING"


def _names(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    source = ".".join((*above, *filter(None, [node.module])))
    yield source
    yield from (f"{source}.{alias.name}" for alias in node.names)
