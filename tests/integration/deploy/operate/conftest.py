"""Functions that run behind the Lambda API of `tulle dev`, and sessions that ask them."""

from __future__ import annotations

import http.client
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from moto.server import ThreadedMotoServer

from fakes.moto_metrics import complete_metrics
from fakes.moto_stacks import complete_stacks
from integration.deploy.operate.gateway import Gateway, running_gateway
from integration.emulator.dev_process import Dev, running_dev

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakes.aws import FakeAws
    from tulle.aws.session import AwsSession

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


@pytest.fixture(scope="session")
def taught_moto() -> Iterator[str]:
    """Run moto in this process, taught what it lacks; give its URL."""
    complete_stacks()
    complete_metrics()
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def session(aws: FakeAws, taught_moto: str) -> AwsSession:
    """Give a session of an AWS in which nothing is, with stacks and metrics as AWS has them."""
    connection = http.client.HTTPConnection(taught_moto.removeprefix("http://"))
    connection.request("POST", "/moto-api/reset")
    assert connection.getresponse().status == 200
    connection.close()
    return aws.session(endpoint=taught_moto)
