"""A registry with a base in it, and a place to work in."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

import pytest

from fakes.docker_registry import docker_registry
from integration.registry.shipping import BASE_BYTES, make_access
from made_images import MadeImage, write_image

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tulle.registry.access import Access


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a registry that asks nobody who they are."""
    with docker_registry(tmp_path_factory.mktemp("registry") / "open") as address:
        yield address


@pytest.fixture
def name(tmp_path: Path) -> str:
    """Give a repository that no other test has, and so is empty."""
    return hashlib.sha256(bytes(tmp_path)).hexdigest()


@pytest.fixture
def access(tmp_path: Path) -> Access:
    return make_access(tmp_path)


@pytest.fixture
def base(tmp_path: Path) -> str:
    """Give the name of a base in a layout."""
    write_image(
        tmp_path / "base", MadeImage(files={"noise": random.Random(1).randbytes(BASE_BYTES)})
    )
    return f"oci:{tmp_path / 'base'}"
