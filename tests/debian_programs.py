"""Programs of Debian's that some tests run: those tests are skipped, with the reason, where one is missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

_PROGRAMS = Path(__file__).with_name("debian-packages.txt").read_text().split()


def missing_programs() -> list[str]:
    return [name for name in _PROGRAMS if shutil.which(name) is None]


def needs(*programs: str) -> pytest.MarkDecorator:
    assert set(programs) <= set(_PROGRAMS)
    missing = [name for name in programs if name in missing_programs()]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")
