"""Owns reading what a Python module imports, without running it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum, auto

__all__ = ["Import", "When", "imports_of"]

_TOLERANT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


class When(Enum):
    """When an import happens."""

    AT_ONCE = auto()
    """With the import of the module that it stands in."""
    LATER = auto()
    """When a function runs, if it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import."""

    module: str
    """In full, also where it is written with dots in front."""
    names: tuple[str, ...]
    """What is taken from it, which may be modules too."""
    when: When
    optional: bool
    """Whether the module goes on where it fails."""
    line: int


def imports_of(tree: ast.Module, module: str, *, is_package: bool) -> tuple[Import, ...]:
    """List what a module imports, but for what is there for type checkers alone."""
    package = module if is_package else module.rpartition(".")[0]
    visitor = _Imports(package)
    visitor.visit(tree)
    return tuple(visitor.found)


class _Imports(ast.NodeVisitor):
    def __init__(self, package: str) -> None:
        self._package = package
        self._when = When.AT_ONCE
        self._optional = False
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
        outer = self._optional
        self._optional = outer or any(_tolerates(handler) for handler in node.handlers)
        for statement in node.body:
            self.visit(statement)
        self._optional = outer
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
            self.found.append(
                Import(
                    module=module,
                    names=names,
                    when=self._when,
                    optional=self._optional,
                    line=node.lineno,
                )
            )


def _tolerates(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler goes on where an import failed."""
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(name, ast.Name) and name.id in _TOLERANT for name in caught)
