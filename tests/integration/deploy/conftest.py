"""A small function as `tulle build` leaves it, so that no test builds one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from made_artifacts import make_layout, make_zip

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class MadeArtifact:
    """A layout's folder or a zip, and the digest of its manifest or its bytes."""

    path: Path
    digest: str


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> MadeArtifact:
    """Give an image layout."""
    folder = tmp_path_factory.mktemp("image") / "image"
    return MadeArtifact(path=folder, digest=make_layout(folder).digest)


@pytest.fixture(scope="session")
def zip_file(tmp_path_factory: pytest.TempPathFactory) -> MadeArtifact:
    """Give a zip."""
    path = tmp_path_factory.mktemp("zip") / "function.zip"
    return MadeArtifact(path=path, digest=make_zip(path))
