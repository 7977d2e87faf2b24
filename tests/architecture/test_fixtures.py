"""What pytest does not say of fixtures."""

from __future__ import annotations

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
