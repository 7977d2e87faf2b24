"""Programs of Debian's that some tests need: those tests are skipped, with the reason, where one is missing."""

from __future__ import annotations

import shutil

import pytest

PROGRAMS = ("buildah", "docker-registry", "skopeo", "umoci")
"""`.ci/run` installs them; so does `apt-get install` by hand."""


def missing_programs() -> list[str]:
    return [name for name in PROGRAMS if shutil.which(name) is None]


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [name for name in programs if name in missing_programs()]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")
