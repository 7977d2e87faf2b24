"""Options and paths that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def photographs() -> tuple[Path, ...]:
    """Give photographs of garments where a data set is at hand, the project's own drawn pictures otherwise."""
    folder = Path(os.environ.get("TULLE_PHOTOGRAPHS", ROOT.parent / "shared/data/clothing"))
    found = tuple(sorted((folder / "validation").glob("*/*.jpg")))
    if found:
        return found
    print(f"no photographs at {folder}: using the drawn samples instead (set TULLE_PHOTOGRAPHS)")
    return tuple(sorted((ROOT / "src/tulle/model/builtin/samples").glob("*.jpg")))
