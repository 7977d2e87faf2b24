"""Chromium, and `tulle dev` with a model and with functions of a user's own."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from browser.visit import ARGUMENTS, PATIENCE_MS, Visit, visiting
from debian_programs import missing_programs
from integration.emulator.conftest import FUNCTIONS
from integration.emulator.dev_process import Dev, running_dev

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

expect.set_options(timeout=PATIENCE_MS)

HANDLER = ("--handler", "lambda_function.lambda_handler", "--timeout-s", "2", "--no-reload")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium once for this folder; Playwright's event loop must end before other tests have theirs."""
    if "chromium" in missing_programs():
        pytest.skip("not installed: chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(ARGUMENTS)
        )


@pytest.fixture(scope="package")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """Serve the built-in model."""
    with running_dev(_folder(tmp_path_factory, "model")) as dev:
        yield dev


@pytest.fixture(scope="package")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """Serve functions of a user's own, with two seconds for each call."""
    folder = _folder(tmp_path_factory, "own")
    shutil.copytree(FUNCTIONS, folder, dirs_exist_ok=True)
    with running_dev(folder, *HANDLER) as dev:
        yield dev


def _folder(tmp_path_factory: pytest.TempPathFactory, name: str) -> Path:
    folder = tmp_path_factory.mktemp(name) / name
    folder.mkdir()
    return folder


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Open the page as somebody would; at the end nothing may have gone wrong in it."""
    with ExitStack() as stack:
        yield lambda dev, **options: stack.enter_context(visiting(chromium, dev, **options))
