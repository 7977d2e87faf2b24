"""What goes wrong while an image is published is told as it is, and running it again goes on."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from debian_programs import needs
from fakes.aws import ACCOUNT, OTHER_ACCOUNT, REGION
from fakes.faulty_proxy import Fault, faulty_proxy
from integration.deploy.publish.conftest import PLACE, make_stage
from made_artifacts import make_layout
from made_images import MadeImage, _put, write_image
from tulle.aws.ecr import RegistryLogin, Repositories
from tulle.deploy.permissions import needed_statements
from tulle.errors import (
    ActionDenied,
    ArtifactTooLarge,
    CredentialsRefused,
    ImageNotFound,
    InvalidBase,
    RegistryRefused,
    RegistryUnavailable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes.aws import FakeAws
    from integration.deploy.conftest import MadeArtifact
    from integration.deploy.publish.conftest import Stage

pytestmark = needs("docker-registry")
NAME = "tulle/clothing-prod"
ARN = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{NAME}"


def test_an_interrupted_push_goes_on(aws: FakeAws, stage: Stage, tmp_path: Path) -> None:
    image = make_layout(tmp_path / "image")
    largest = max((blob.descriptor for blob in image.blobs), key=lambda blob: blob.size)
    cut = Fault(method="PUT", path=largest.digest.partition(":")[2], cut_request_after=1000)
    with _faults(aws, cut), pytest.raises(RegistryUnavailable) as caught:
        stage.publish_image(tmp_path / "image")
    assert "goes on with what is missing" in caught.value.hint
    assert stage.repositories.images(NAME) == ()

    aws.ecr.requests.clear()
    assert stage.publish_image(tmp_path / "image").sent_bytes == largest.size
    assert aws.ecr.uploaded() == largest.size
    assert [each.digest for each in stage.repositories.images(NAME)] == [image.digest]


def test_a_momentary_failure_is_waited_out(aws: FakeAws, stage: Stage, image: MadeArtifact) -> None:
    busy = Fault(method="POST", path="uploads", status=503, times=3)
    with _faults(aws, busy):
        assert stage.publish_image(image.path).sent_bytes > 300_000
    assert any("trying again" in line for line in stage.story.lines)


class _Vanishing(Repositories):
    """Loses its repository as soon as somebody has logged in, so many times."""

    times = 1

    def log_in(self) -> RegistryLogin:
        if self.times:
            self.times -= 1
            self.delete(NAME)
        return super().log_in()


def test_a_repository_that_is_deleted_meanwhile_is_made_anew(
    aws: FakeAws, stage: Stage, image: MadeArtifact
) -> None:
    stage.repositories = _Vanishing(aws.session())
    stage.publish_image(image.path)
    assert any(
        line.startswith(f"! the repository {NAME} was deleted") for line in stage.story.lines
    )
    assert [each.digest for each in stage.repositories.images(NAME)] == [image.digest]
    policy = aws.session().ecr().get_repository_policy(repositoryName=NAME)
    assert "lambda.amazonaws.com" in policy["policyText"]


def test_one_that_is_deleted_again_and_again_is_not(
    aws: FakeAws, stage: Stage, image: MadeArtifact
) -> None:
    stage.repositories = _Vanishing(aws.session())
    stage.repositories.times = 2
    with pytest.raises(ImageNotFound, match="cannot be pushed"):
        stage.publish_image(image.path)


def test_a_push_that_is_denied_is_named_with_the_statement_that_allows_it(
    aws: FakeAws, stage: Stage, image: MadeArtifact
) -> None:
    said = (
        f"User: arn:aws:iam::{ACCOUNT}:user/ci is not authorized to perform: ecr:InitiateLayerUpload on resource: "
        f"{ARN} because no identity-based policy allows the ecr:InitiateLayerUpload action"
    )
    body = json.dumps({"errors": [{"code": "DENIED", "message": said}]}).encode()
    with (
        _faults(aws, Fault(method="POST", path="uploads", status=403, body=body)),
        pytest.raises(ActionDenied, match="ecr:InitiateLayerUpload") as caught,
    ):
        stage.publish_image(image.path)
    assert json.loads(str(caught.value.detail).partition("\n\n")[2]) == {
        "Effect": "Allow",
        "Action": "ecr:InitiateLayerUpload",
        "Resource": ARN,
    }


class _Mistaken(Repositories):
    """Is given a login of another account."""

    def log_in(self) -> RegistryLogin:
        return RegistryLogin(username="AWS", password=f"{OTHER_ACCOUNT}-auth-token")


def test_a_login_that_ecr_does_not_take_is_told(
    aws: FakeAws, stage: Stage, image: MadeArtifact
) -> None:
    stage.repositories = _Mistaken(aws.session())
    with pytest.raises(CredentialsRefused, match="does not take the login") as caught:
        stage.publish_image(image.path)
    assert "docker" not in caught.value.hint
    assert str(OTHER_ACCOUNT) not in f"{caught.value} {caught.value.detail}"


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "AWS_CA_BUNDLE"])
def test_whoever_aws_is_told_to_trust_is_trusted(
    aws: FakeAws, stage: Stage, image: MadeArtifact, name: str
) -> None:
    known = {"SSL_CERT_FILE", "AWS_CA_BUNDLE"} - {name}
    environ = {key: value for key, value in aws.environ().items() if key not in known}
    stage.access = replace(stage.access, environ=environ)
    assert stage.publish_image(image.path).sent_bytes > 0


def test_nobody_else_is(aws: FakeAws, stage: Stage, image: MadeArtifact) -> None:
    known = {"SSL_CERT_FILE", "AWS_CA_BUNDLE"}
    environ = {key: value for key, value in aws.environ().items() if key not in known}
    stage.access = replace(stage.access, environ=environ)
    with pytest.raises(RegistryUnavailable, match="cannot be trusted"):
        stage.publish_image(image.path)


@pytest.mark.parametrize(
    ("allowed", "denied"),
    [
        ([], "ecr:DescribeRepositories"),
        (["ecr:DescribeRepositories"], "ecr:CreateRepository"),
        (["ecr:DescribeRepositories", "ecr:CreateRepository"], "ecr:ListTagsForResource"),
        (
            ["ecr:DescribeRepositories", "ecr:CreateRepository", "ecr:ListTagsForResource"],
            "ecr:GetRepositoryPolicy",
        ),
    ],
)
def test_a_denied_action_is_named(
    aws: FakeAws, image: MadeArtifact, tmp_path: Path, allowed: list[str], denied: str
) -> None:
    statements = [{"Effect": "Allow", "Action": allowed, "Resource": "*"}] if allowed else []
    keys = aws.user("ci", *statements)
    aws.enforce()
    stage = make_stage(aws, tmp_path, session=aws.session(keys=keys))
    with pytest.raises(ActionDenied, match=f"`{denied}`"):
        stage.publish_image(image.path)


def test_the_actions_that_tulle_asks_for_are_enough(
    aws: FakeAws, image: MadeArtifact, tmp_path: Path
) -> None:
    statements = [
        {"Effect": "Allow", "Action": list(each.actions), "Resource": "*"}
        for each in needed_statements("clothing", PLACE)
    ]
    keys = aws.user("ci", *statements)
    aws.enforce()
    stage = make_stage(aws, tmp_path, session=aws.session(keys=keys))
    # The registry of this AWS looks repositories up as somebody whom moto does not know.
    client = aws.session(keys=keys).ecr()
    aws.ecr.client = lambda _: client
    assert stage.publish_image(image.path).sent_bytes > 0
    stage.unpublish(stage.plan_unpublish())


def test_what_ecr_says_of_an_image_that_it_does_not_take_is_told(
    aws: FakeAws, stage: Stage, image: MadeArtifact
) -> None:
    said = "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Limit on number of layers per image exceeded'"  # noqa: E501
    body = json.dumps({"errors": [{"code": "UNSUPPORTED", "message": said}]}).encode()
    with (
        _faults(aws, Fault(method="PUT", path="manifests", status=405, body=body)),
        pytest.raises(RegistryRefused) as caught,
    ):
        stage.publish_image(image.path)
    assert caught.value.detail == f"UNSUPPORTED: {said}"


def test_an_image_larger_than_lambda_takes_is_not_begun(
    aws: FakeAws, stage: Stage, tmp_path: Path
) -> None:
    huge = b"\x1f\x8b" + bytes(10) + (4 * 1024**3 - 1).to_bytes(4, "little")
    layer = "application/vnd.oci.image.layer.v1.tar+gzip"
    _write_layout(tmp_path / "huge", {layer: [huge, b"1" + huge, b"2" + huge]})
    with pytest.raises(ArtifactTooLarge, match=r"12288.0 MiB unpacked, .* 10240.0 MiB"):
        stage.publish_image(tmp_path / "huge")
    assert aws.session().ecr().describe_repositories()["repositories"] == []


def test_an_image_that_is_damaged_on_disk_is_not_begun(
    aws: FakeAws, stage: Stage, tmp_path: Path
) -> None:
    image = make_layout(tmp_path / "image")
    blob = tmp_path / "image/blobs/sha256" / image.config.descriptor.digest.partition(":")[2]
    blob.write_bytes(b"{}")
    with pytest.raises(ImageNotFound, match="missing or damaged"):
        stage.publish_image(tmp_path / "image")
    blob.unlink()
    with pytest.raises(ImageNotFound, match="missing or damaged"):
        stage.publish_image(tmp_path / "image")
    assert aws.session().ecr().describe_repositories()["repositories"] == []


def test_an_index_is_not_what_lambda_takes(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    write_image(tmp_path / "index", MadeImage(), as_index=True)
    with pytest.raises(InvalidBase, match=r"is no image but `.*index"):
        stage.publish_image(tmp_path / "index")


@contextmanager
def _faults(aws: FakeAws, *faults: Fault) -> Iterator[None]:
    """Put something between ECR's door and what is behind it."""
    with faulty_proxy(aws.registry, *faults) as proxy:
        aws.ecr.registry = proxy.address
        yield
        aws.ecr.registry = aws.registry


def _write_layout(folder: Path, layers: dict[str, list[bytes]]) -> None:
    """Write an image of which nobody has looked at the layers."""
    config = _put(folder, b"{}", "application/vnd.oci.image.config.v1+json")
    manifest_type = "application/vnd.oci.image.manifest.v1+json"
    manifest = {
        "schemaVersion": 2,
        "mediaType": manifest_type,
        "config": config,
        "layers": [
            _put(folder, each, kind) for kind, several in layers.items() for each in several
        ],
    }
    entry = _put(folder, json.dumps(manifest).encode(), manifest_type)
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
