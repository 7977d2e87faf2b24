"""Functions that run behind the Lambda API of `tulle dev`, and sessions that ask them."""

from __future__ import annotations

import io
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import botocore.session
import pytest
from botocore.loaders import create_loader

from integration.deploy.operate.gateway import Gateway, running_gateway
from integration.deploy.operate.lambda_front import LambdaFront, running_front
from integration.emulator.dev_process import Dev, running_dev
from tulle.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakes.aws import FakeAws
    from tulle.aws.session import AwsSession

LOADER = create_loader()
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


@pytest.fixture(scope="package")
def front_server() -> Iterator[LambdaFront]:
    with running_front() as front:
        yield front


@pytest.fixture
def front(
    front_server: LambdaFront, aws_environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> LambdaFront:
    """Let Lambda be what stands before a `tulle dev`; a test says which, and what the function is called."""
    assert aws_environ
    front_server.target = front_server.function = ""
    front_server.refusals.clear()
    front_server.qualifiers.clear()
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", front_server.url)
    return front_server


@pytest.fixture(scope="package")
def shared_session(aws_server: FakeAws) -> AwsSession:
    session = aws_server.session()
    session.sts()  # reads the configuration, before it is written for another endpoint
    return session


@pytest.fixture
def session(aws: FakeAws, shared_session: AwsSession) -> AwsSession:
    """Give a session of an AWS in which nothing is."""
    assert aws.endpoint
    return shared_session


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command left with, and wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Tulle(Protocol):
    """Runs the command line in this process."""

    def __call__(self, *words: str, typed: str = "") -> Ran: ...


@pytest.fixture
def tulle(
    aws_environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Tulle:
    """Give the command line, which meets that AWS and nothing else."""
    assert aws_environ
    # Services' descriptions are read once, not at each run.
    monkeypatch.setattr(botocore.session, "create_loader", lambda _: LOADER)

    def run(*words: str, typed: str = "") -> Ran:
        monkeypatch.setattr(sys, "argv", ["tulle", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return Ran(code=left.value.code, out=said.out, err=said.err)

    return run
