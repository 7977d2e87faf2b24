"""A `tulle dev` that many tests share, an empty folder for those that want their own, and a picture."""

from __future__ import annotations

import io
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

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
def shared(functions: Path) -> Path:
    """Give a folder that the functions see too, unlike `/tmp`, and in which nothing counts as a change."""
    (functions / "__pycache__").mkdir()
    return functions / "__pycache__"


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


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base's name)
        """Keep the tests' output clean."""


@pytest.fixture(scope="module")
def picture() -> bytes:
    image = Image.new("RGB", (40, 30), (200, 30, 30))
    image.paste((20, 40, 220), (10, 5, 30, 25))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def picture_url(tmp_path_factory: pytest.TempPathFactory, picture: bytes) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "picture.png").write_bytes(picture)
    handler = partial(_QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/picture.png"
        server.shutdown()
        thread.join()
