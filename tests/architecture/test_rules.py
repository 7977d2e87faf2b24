"""The rules of the house that a machine can hold."""

from __future__ import annotations

import ast
import importlib
import io
import sys
import tokenize
from pathlib import Path

import pytest

import tulle.errors
from tulle.errors import TulleError

SOURCE = Path(__file__).parents[2] / "src"
MODULES = sorted(path for path in SOURCE.rglob("*.py"))
RUNTIME = sorted((SOURCE / "tulle_runtime").glob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 60, node.name


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_owns(path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")[0]
    is_package = path.name == "__init__.py"
    assert first.startswith("Owns ") or (is_package and first.endswith("."))


# Importing this does its work: the runtime's handler loads a model.
RUN = {"tulle_runtime/handler.py"}


@pytest.mark.parametrize(
    "path", [path for path in MODULES if name_of(path) not in RUN], ids=name_of
)
def test_public_names_are_listed_and_exist(path: Path) -> None:
    module = importlib.import_module(".".join(path.relative_to(SOURCE).with_suffix("").parts))
    listed = getattr(module, "__all__", None)
    if listed is None:
        assert path.name == "__init__.py"
        return
    assert all(hasattr(module, name) for name in listed)


def test_the_runtime_stays_within_about_a_thousand_lines_of_code() -> None:
    assert sum(code_lines(path.read_text()) for path in RUNTIME) <= 1050


def code_lines(text: str) -> int:
    """Count lines that hold code: not blank, not a comment, not a docstring."""
    layout = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in layout:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            lines.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


@pytest.mark.parametrize("path", RUNTIME, ids=name_of)
def test_the_runtime_imports_only_the_standard_library_at_the_top(path: Path) -> None:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            roots = {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            roots = {(node.module or "").partition(".")[0]}
        else:
            continue
        assert roots <= {*sys.stdlib_module_names, "tulle_runtime"}


def errors() -> list[type[TulleError]]:
    public = [getattr(tulle.errors, name) for name in tulle.errors.__all__]
    return [thing for thing in public if isinstance(thing, type) and issubclass(thing, TulleError)]


def test_error_codes_are_unique() -> None:
    codes = [error.code for error in errors()]
    assert len(codes) == len(set(codes))


def test_a_family_of_errors_has_one_exit_code() -> None:
    for family in TulleError.__subclasses__():
        members = [error for error in errors() if issubclass(error, family)]
        assert {error.exit_code for error in members} == {family.exit_code}
    family_codes = [family.exit_code for family in TulleError.__subclasses__()]
    assert len(family_codes) == len(set(family_codes))
