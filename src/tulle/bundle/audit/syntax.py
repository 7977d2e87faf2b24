"""Owns reading a bundle's Python code: its modules by name, and what each imports."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePosixPath

    from tulle.bundle.bundle import BundleFile

__all__ = ["Import", "When", "imports_of", "module_files", "module_name"]

_TOLERANT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


class When(Enum):
    """When an import happens."""

    AT_ONCE = auto()
    """With the import of the module that it stands in."""
    LATER = auto()
    """When a function runs, if it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import of a module that must be there."""

    module: str
    """In full, also where it is written with dots in front."""
    names: tuple[str, ...]
    """What is taken from it, which may be modules too."""
    when: When
    line: int


def module_name(path: PurePosixPath) -> str | None:
    """Name the module that a file is; None where it is none."""
    if path.suffix not in {".py", ".pyc", ".so"} or "__pycache__" in path.parts:
        return None
    stem = path.name.partition(".")[0]
    parts = path.parent.parts if stem == "__init__" else (*path.parent.parts, stem)
    return ".".join(parts)


def module_files(files: Iterable[BundleFile]) -> dict[str, BundleFile]:
    """Find the modules of a bundle by name; source goes before anything compiled."""
    found: dict[str, BundleFile] = {}
    for file in files:
        name = module_name(file.path)
        if name and (name not in found or file.path.suffix == ".py"):
            found[name] = file
    return found


def imports_of(tree: ast.Module, module: str, *, is_package: bool) -> tuple[Import, ...]:
    """List what a module needs; imports that may fail, or are for type checkers alone, are no need."""
    package = module if is_package else module.rpartition(".")[0]
    visitor = _Imports(package)
    visitor.visit(tree)
    return tuple(visitor.found)


class _Imports(ast.NodeVisitor):
    def __init__(self, package: str) -> None:
        self._package = package
        self._when = When.AT_ONCE
        self.found: list[Import] = []

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(node, alias.name, ())

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        names = tuple(alias.name for alias in node.names)
        if not node.level:
            self._add(node, node.module or "", names)
            return
        parts = self._package.split(".") if self._package else []
        kept = parts[: len(parts) - node.level + 1]
        self._add(node, ".".join([*kept, *filter(None, [node.module])]), names)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._visit_function(node)

    def visit_Try(self, node: ast.Try) -> None:
        if not any(_tolerates(handler) for handler in node.handlers):
            for statement in node.body:
                self.visit(statement)
        for part in (*node.handlers, *node.orelse, *node.finalbody):
            self.visit(part)

    def visit_If(self, node: ast.If) -> None:
        name = node.test.attr if isinstance(node.test, ast.Attribute) else None
        name = node.test.id if isinstance(node.test, ast.Name) else name
        for statement in [] if name == "TYPE_CHECKING" else node.body:
            self.visit(statement)
        for statement in node.orelse:
            self.visit(statement)

    def _visit_function(self, node: ast.AST) -> None:
        outer, self._when = self._when, When.LATER
        self.generic_visit(node)
        self._when = outer

    def _add(self, node: ast.stmt, module: str, names: tuple[str, ...]) -> None:
        if module:
            self.found.append(Import(module=module, names=names, when=self._when, line=node.lineno))


def _tolerates(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler goes on where an import failed."""
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(name, ast.Name) and name.id in _TOLERANT for name in caught)
