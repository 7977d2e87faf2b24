"""What stands for AWS does as AWS does, where the other tests rely on it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import boto3
import pytest

from debian_programs import needs
from fakes.aws import ACCOUNT, OTHER_ACCOUNT, REGION
from tulle.aws.identity import find_identity
from tulle.errors import ImageNotFound, RegistryDenied
from tulle.progress import SilentReporter
from tulle.registry.access import Access
from tulle.registry.content import parse_descriptor
from tulle.registry.destination import send
from tulle.registry.layout import LayoutSource
from tulle.registry.places import open_destination
from tulle.registry.reference import LayoutReference, parse_reference
from tulle.registry.source import SourceBlob

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes.aws import FakeAws
    from integration.deploy.conftest import MadeArtifact

pytestmark = needs("docker-registry")
HOST = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"


class _Hello(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        content = f"{self.headers['Host']}{self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def hello() -> Iterator[str]:
    """Run a server that says who was asked for what; give its address."""
    with HTTPServer(("127.0.0.1", 0), _Hello) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_sessions_are_of_an_account_and_a_region(aws: FakeAws) -> None:
    assert find_identity(aws.session()).account == ACCOUNT
    assert find_identity(aws.session(account=OTHER_ACCOUNT)).account == OTHER_ACCOUNT
    aws.session(account=OTHER_ACCOUNT, region="us-east-1").ecr().create_repository(
        repositoryName="theirs"
    )
    assert not aws.session(region="us-east-1").ecr().describe_repositories()["repositories"]


def test_boto3_of_this_process_asks_it(aws: FakeAws, aws_environ: dict[str, str]) -> None:
    assert aws_environ["AWS_ENDPOINT_URL"] == aws.endpoint
    assert boto3.client("sts").get_caller_identity()["Account"] == ACCOUNT


def test_a_child_reaches_a_deployed_url(aws: FakeAws, hello: str) -> None:
    aws.proxy.routes["*.execute-api.*.amazonaws.com"] = hello
    code = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"
    url = f"https://abc123.execute-api.{REGION}.amazonaws.com/predict"
    said = subprocess.run(
        [sys.executable, "-c", code, url],
        env=aws.environ(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == url.removeprefix("https://")


def test_no_other_host_is_reached(aws: FakeAws, aws_environ: dict[str, str]) -> None:
    assert aws_environ
    with pytest.raises(OSError, match="403"):
        urllib.request.urlopen("https://example.com/")
    assert aws.proxy.asked == ["example.com"]


def test_the_registry_wants_the_token(
    aws: FakeAws, aws_environ: dict[str, str], tmp_path: Path, image: MadeArtifact
) -> None:
    access = _access(aws_environ, tmp_path)
    with pytest.raises(RegistryDenied, match=HOST):
        _push(f"{HOST}/some/name:1", access, image.path)
    _log_in(tmp_path)
    with pytest.raises(ImageNotFound) as caught:
        _push(f"{HOST}/some/name:1", access, image.path)
    assert f"does not exist in the registry with id '{ACCOUNT}'" in str(caught.value.detail)
    aws.session().ecr().create_repository(repositoryName="some/name")
    _push(f"{HOST}/some/name:1", access, image.path)
    listed = aws.session().ecr().describe_images(repositoryName="some/name")["imageDetails"]
    assert [(each["imageDigest"], each["imageTags"]) for each in listed] == [(image.digest, ["1"])]


def test_it_forgets_what_was_pushed(
    aws: FakeAws, aws_environ: dict[str, str], tmp_path: Path, image: MadeArtifact
) -> None:
    _log_in(tmp_path)
    for turn in range(2):
        aws.session().ecr().create_repository(repositoryName="name")
        _push(f"{HOST}/name:{turn}", _access(aws_environ, tmp_path), image.path)
        assert aws.ecr.uploaded() > 300_000
        aws.reset()
        assert not aws.session().ecr().describe_repositories()["repositories"]


def _access(environ: dict[str, str], home: Path) -> Access:
    return Access(environ=environ, home=home, reporter=SilentReporter(), sleep=lambda _: None)


def _log_in(home: Path) -> None:
    """Put moto's token where `aws ecr get-login-password | docker login` would."""
    auths = {HOST: {"username": "AWS", "password": f"{ACCOUNT}-auth-token"}}
    (home / ".docker").mkdir()
    (home / ".docker/config.json").write_text(json.dumps({"auths": auths}))


def _push(place: str, access: Access, layout: Path) -> None:
    """Push a layout's image."""
    source = LayoutSource(LayoutReference(path=layout))
    manifest = source.document()
    parts = json.loads(manifest.content)
    blobs = [
        SourceBlob(descriptor=parse_descriptor(part, place="test"), source=source)
        for part in [parts["config"], *parts["layers"]]
    ]
    with open_destination(parse_reference(place), access) as destination:
        send(blobs, manifest, destination, reporter=SilentReporter())
