"""CloudFormation in this process, so that tests can put its stacks into any state, and sessions that ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from moto.apigateway.models import apigateway_backends
from moto.apigatewayv2.models import apigatewayv2_backends
from moto.awslambda_simple.models import lambda_simple_backends
from moto.cloudformation.models import cloudformation_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.core import models as core_models
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from fakes.moto_buckets import complete_buckets
from fakes.moto_invocations import complete_invocations
from fakes.moto_stacks import complete_stacks
from integration.deploy.apply.own_stacks import OwnStacks
from tulle.aws.session import open_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.aws.session import AwsSession


_BACKENDS: Final = (
    apigateway_backends,
    apigatewayv2_backends,
    cloudformation_backends,
    cloudwatch_backends,
    iam_backends,
    lambda_simple_backends,
    logs_backends,
    s3_backends,
)


@pytest.fixture(scope="package")
def moto_server() -> Iterator[str]:
    """Run moto in this process; give its URL."""
    complete_buckets()
    complete_invocations()
    complete_stacks()
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def moto(moto_server: str) -> str:
    """Give the URL of a moto in which nothing is."""
    core_models.default_user_config["lambda"] = {"use_docker": False}  # type: ignore[attr-defined]  # moto's own
    for backends in _BACKENDS:
        backends.reset()  # moto's own way asks all of its services, which takes half a second
    return moto_server


@pytest.fixture(scope="package")
def moto_environ(moto_server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give what a process needs of the environment to ask moto and nobody else."""
    nowhere = tmp_path_factory.mktemp("aws") / "none"
    return {
        "AWS_ENDPOINT_URL": moto_server,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": str(nowhere),
        "AWS_SHARED_CREDENTIALS_FILE": str(nowhere),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }


@pytest.fixture(scope="package")
def session(moto_environ: dict[str, str]) -> Iterator[AwsSession]:
    """Give a session of this process; one for all, for boto3 takes a while to read what CloudFormation is."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION"):
            patch.delenv(name, raising=False)
        for name, value in moto_environ.items():
            patch.setenv(name, value)
        yield open_session()


@pytest.fixture
def own(moto: str, session: AwsSession) -> OwnStacks:
    """Give what deploys small stacks of the test's own; none is there."""
    assert moto
    return OwnStacks(session)
