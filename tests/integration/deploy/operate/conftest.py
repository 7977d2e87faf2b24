"""Functions that run behind the Lambda API of `tulle dev`, and sessions that ask them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from integration.deploy.operate.gateway import Gateway, running_gateway
from integration.emulator.dev_process import Dev, running_dev

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = Path(__file__).parents[2] / "emulator" / "functions"


@pytest.fixture(scope="package")
def clothing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """Serve the built-in model behind an HTTP API."""
    folder = tmp_path_factory.mktemp("clothing") / "project"
    folder.mkdir()
    with running_dev(folder, "clothing", "--no-console") as dev:
        yield dev


@pytest.fixture(scope="package")
def own_handler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """Serve handlers that do what an event says, with a limit of two seconds."""
    folder = tmp_path_factory.mktemp("own") / "my-function"
    shutil.copytree(FUNCTIONS, folder)
    options = ("--handler", "lambda_function.lambda_handler", "--timeout-s", "2", "--no-reload")
    with running_dev(folder, *options, "--no-console") as dev:
        yield dev


@pytest.fixture(scope="package")
def gateway_server() -> Iterator[Gateway]:
    with running_gateway() as gateway:
        yield gateway


@pytest.fixture
def gateway(gateway_server: Gateway) -> Gateway:
    """Give what stands for API Gateway's hosts, which passes nothing on yet."""
    gateway_server.target = gateway_server.stage = ""
    gateway_server.refusals.clear()
    gateway_server.seen.clear()
    return gateway_server
