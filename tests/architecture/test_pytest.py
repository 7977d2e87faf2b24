"""What pytest does without a word."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
OF_PACKAGES = [
    path
    for path in sorted(TESTS.rglob("*.py"))
    if path != Path(__file__) and 'scope="package"' in path.read_text()
]


def name_of(path: Path) -> str:
    return str(path.relative_to(TESTS))


@pytest.mark.parametrize("path", OF_PACKAGES, ids=name_of)
def test_a_fixture_of_a_package_lies_in_one(path: Path) -> None:
    """Elsewhere pytest keeps it until the end of all tests, with what it has patched."""
    assert (path.parent / "__init__.py").exists()


def test_no_folder_of_tests_is_passed_by(pytestconfig: pytest.Config) -> None:
    """By default pytest looks into no folder named `build`, `dist` or `venv`."""
    parents = {path.relative_to(TESTS).parent for path in TESTS.rglob("test_*.py")}
    names = {part for parent in parents for part in parent.parts}
    patterns: list[str] = pytestconfig.getini("norecursedirs")
    assert not [name for name in names for pattern in patterns if fnmatch(name, pattern)]
