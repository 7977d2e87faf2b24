"""AWS on this machine: moto's server, ECR's registry, and every host of AWS's behind a proxy with TLS."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3
import botocore.loaders
import botocore.session

from debian_programs import missing_programs
from fakes.docker_registry import docker_registry
from fakes.ecr_registry import EcrRegistry, ecr_registry
from fakes.tls_proxy import TlsProxy, tls_proxy
from tulle.aws.session import AwsSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from botocore.awsrequest import AWSPreparedRequest

ACCOUNT = "123456789012"
"""Whose account it is, unless a session says otherwise."""
OTHER_ACCOUNT = "210987654321"
REGION: Final = "eu-west-1"

_LOADER = botocore.loaders.create_loader()  # services are read once for all sessions
_NO_REGISTRY = "127.0.0.1:9"  # nobody is there; tests that push need Debian's registry, and say so

# Moto's server on a port of the system's choice; it ends when its input does, whatever became of the tests.
_MOTO = """
import sys
sys.path.insert(0, sys.argv[1])
from fakes.moto_buckets import complete_buckets
from fakes.moto_deletion import complete_deletion
from fakes.moto_drift import complete_drift
from fakes.moto_metrics import complete_metrics
from fakes.moto_stacks import complete_stacks
from moto.server import ThreadedMotoServer
complete_buckets()
complete_deletion()
complete_drift()
complete_metrics()
complete_stacks()
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""


@dataclass
class FakeAws:
    """What stands for AWS. Empty after `reset`."""

    endpoint: str
    """Moto's URL."""
    folder: Path
    proxy: TlsProxy
    registry: str
    """`host:port` of the registry that holds ECR's images."""
    ecr: EcrRegistry = field(init=False)

    def __post_init__(self) -> None:
        self.images = cache(lambda region: self.session(region=region).ecr())

    def environ(self, *, home: Path | None = None) -> dict[str, str]:
        """Give a child process all that it takes to meet this AWS and no other, and nothing of the user's."""
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(home or self.folder / "home"),
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_CONFIG_FILE": str(self.folder / "no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "no-credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CA_BUNDLE": str(self._authorities),
            "SSL_CERT_FILE": str(self._authorities),
            "HTTPS_PROXY": f"http://{self.proxy.address}",
            "NO_PROXY": "127.0.0.1,localhost",
        }

    def session(
        self,
        *,
        region: str = REGION,
        account: str = ACCOUNT,
        keys: tuple[str, str] = ("AKIAIOSFODNN7EXAMPLE", "secret"),
        endpoint: str | None = None,
        attempts: int = 1,
    ) -> AwsSession:
        """Give a session for this process, which reads nothing of the environment.

        Args:
            region: AWS's name of it.
            account: whose it is; another one owns other things.
            keys: an access key's id and secret.
            endpoint: whom to ask in place of moto.
            attempts: how often to ask.
        """
        core = botocore.session.Session()
        core.register_component("data_loader", _LOADER)
        config = self.folder / f"config-{(endpoint or self.endpoint).rpartition(':')[2]}"
        core.set_config_variable("config_file", str(config))
        core.set_config_variable("credentials_file", str(self.folder / "no-credentials"))
        if not config.exists():  # another thread may be reading it
            new = config.with_suffix(f".{threading.get_ident()}")
            new.write_text(f"[default]\nendpoint_url = {endpoint or self.endpoint}\n")
            new.replace(config)
        if account != ACCOUNT:
            core.register("before-send", _in_account(account))
        core.set_credentials(*keys)
        return AwsSession(
            boto3.Session(botocore_session=core, region_name=region), region, attempts=attempts
        )

    def enforce(self, *, after: float = 0) -> None:
        """Have moto look at IAM's policies from now on, until `reset`: only users that it has may do anything."""
        self._post("reset-auth", str(after))

    def user(self, name: str, *statements: Mapping[str, object]) -> tuple[str, str]:
        """Make a user who may do what the statements say; give the keys."""
        iam = self.session().iam()
        iam.create_user(UserName=name)
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def reset(self) -> None:
        """Forget all that was made, and all that tests set."""
        self._post("reset-auth", "inf")
        self._post("reset", "")
        self._post("config", json.dumps({"lambda": {"use_docker": False}}))
        self.ecr.registry, self.ecr.client = self.registry, self.images
        self.ecr.requests.clear()
        self.proxy.routes.clear()
        self.proxy.tunnels = False
        self.proxy.routes["*.dkr.ecr.*.amazonaws.com"] = self.ecr.address
        self.proxy.asked.clear()

    @property
    def _authorities(self) -> Path:
        """Give the file of all whom a child may trust: the proxy's authority, and those that this process trusts."""
        path = self.folder / "authorities.pem"
        if not path.exists():
            usual = os.environ.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile
            known = Path(usual).read_bytes() if usual else b""
            path.write_bytes(self.proxy.authority.cert_pem.bytes() + known)
        return path

    def _post(self, path: str, body: str) -> None:
        """Tell moto itself something."""
        connection = http.client.HTTPConnection(self.endpoint.removeprefix("http://"))
        headers = {"Content-Type": "application/json"}
        connection.request("POST", f"/moto-api/{path}", body.encode(), headers)
        answer = connection.getresponse()
        assert answer.status in {200, 201}, answer.read()
        connection.close()


def _in_account(account: str) -> Callable[..., None]:
    """Tell moto whose a request is, by a header of its own."""

    def mark(request: AWSPreparedRequest, **_: object) -> None:
        request.headers["x-moto-account-id"] = account

    return mark


@contextmanager
def fake_aws(folder: Path) -> Iterator[FakeAws]:
    """Run all that stands for AWS, on loopback."""
    with ExitStack() as stack:
        endpoint = stack.enter_context(_moto(folder))
        proxy = stack.enter_context(tls_proxy())
        registry = _NO_REGISTRY
        if "docker-registry" not in missing_programs():
            registry = stack.enter_context(docker_registry(folder / "registry"))
        aws = FakeAws(endpoint, folder, proxy, registry)
        aws.ecr = stack.enter_context(ecr_registry(registry, aws.images))
        aws.reset()
        yield aws


@contextmanager
def _moto(folder: Path) -> Iterator[str]:
    """Run moto's server in a process of its own; give its URL."""
    environ = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS": "false",
    }
    with (
        (folder / "moto.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-c", _MOTO, str(Path(__file__).parents[1])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=environ,
        ) as process,
    ):
        assert process.stdin
        assert process.stdout
        try:
            port = process.stdout.readline().decode().strip()
            assert port, (folder / "moto.log").read_text()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.stdin.close()
