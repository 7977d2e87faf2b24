"""What the tests of builds share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration.build.lambda_emulator import Interpreter, find_interpreter, install_client
from made_images import MadeImage, write_image

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def interpreter() -> Interpreter:
    """Give a Python of a version that Lambda runs on Amazon Linux 2023."""
    found = find_interpreter()
    if found is None:
        pytest.skip("needs Python 3.12, 3.13 or 3.14 to run what was built")
    return found


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory, interpreter: Interpreter) -> Path:
    """Give a folder with AWS's client and nothing else."""
    folder = tmp_path_factory.mktemp("client")
    install_client(folder, interpreter)
    return folder


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give a tiny image that starts as AWS's base images do."""
    folder = tmp_path_factory.mktemp("base")
    write_image(folder, MadeImage(), MadeImage(architecture="arm64"))
    return f"oci:{folder}"
