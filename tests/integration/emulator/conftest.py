"""A `tulle dev` that many tests share, and an empty folder for those that want their own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from integration.emulator.dev_process import Dev, running_dev

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = Path(__file__).with_name("functions")


_OPTIONS = ("--handler", "lambda_function.lambda_handler", "--timeout-s", "2", "--no-reload")


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """Serve the functions of this folder under AWS's own client, with a limit of two seconds."""
    folder = tmp_path_factory.mktemp("functions") / "my-function"
    shutil.copytree(FUNCTIONS, folder)
    with running_dev(folder, *_OPTIONS) as running:
        yield running


@pytest.fixture
def functions(tmp_path: Path) -> Path:
    """Give a folder of its own with the functions."""
    shutil.copytree(FUNCTIONS, tmp_path / "my-function")
    return tmp_path / "my-function"


@pytest.fixture
def dev_of_functions(functions: Path) -> Iterator[Dev]:
    """Serve the functions in a process of the test's own."""
    with running_dev(functions, "--handler", "lambda_function.lambda_handler") as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give an empty folder for a function."""
    made = tmp_path / "my-function"
    made.mkdir()
    return made
