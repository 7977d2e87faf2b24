"""Options and paths that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PHOTOGRAPHS = Path(os.environ.get("TULLE_PHOTOGRAPHS", ROOT.parent / "shared/data/clothing"))
SAMPLES = ROOT / "src/tulle/model/builtin/samples"


def _photographs() -> tuple[Path, ...]:
    return tuple(sorted((PHOTOGRAPHS / "validation").glob("*/*.jpg")))


def pytest_report_header() -> str:
    """Say which pictures the tests that want photographs have."""
    count = len(_photographs())
    if count:
        return f"photographs: {count}"
    return "photographs: none, so the drawn samples are used (TULLE_PHOTOGRAPHS names a folder of them)"


@pytest.fixture(scope="session")
def photographs() -> tuple[Path, ...]:
    """Give photographs of garments where a data set is at hand, the project's own drawn pictures otherwise."""
    return _photographs() or tuple(sorted(SAMPLES.glob("*.jpg")))
