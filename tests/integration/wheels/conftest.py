"""An index of made wheels, and what all tests of packages share."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from integration.wheels.project import Project
from tulle.target import Architecture, find_target

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.target import Target


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give a project that takes packages from where this machine's pip takes them."""
    folder = tmp_path / "projekt mit Lücke"
    folder.mkdir()
    return Project(folder=folder, cache=tmp_path / "cache", environ=os.environ)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Give a folder for made wheels."""
    folder = tmp_path / "index"
    folder.mkdir()
    return folder


@pytest.fixture
def offline(project: Project, index: Path, tmp_path: Path) -> Project:
    """Give a project that takes packages from the made index alone."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))
    }
    environ = {
        **kept,
        "UV_CACHE_DIR": str(tmp_path / "uv"),
        "UV_DEFAULT_INDEX": (tmp_path / "nothing").as_uri(),
        "UV_FIND_LINKS": str(index),
    }
    return replace(project, environ=environ)


@pytest.fixture(scope="session")
def this_machine() -> Target:
    """Give a target whose files this very Python can load: Lambda's newest system, with this Python on it."""
    if sys.platform != "linux":
        pytest.skip("files for Lambda load on Linux alone")
    machine = platform.machine()
    architecture = next(one for one in Architecture if one.machine == machine)
    newest = find_target("python3.13", architecture)
    return replace(newest, python=f"{sys.version_info.major}.{sys.version_info.minor}")
