"""An image goes to the stage's own repository: what is missing of it, once, and by its digest."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from debian_programs import needs
from fakes.aws import ACCOUNT, REGION
from integration.deploy.publish.conftest import PLACE, make_stage
from made_artifacts import make_layout
from tulle.deploy.code.publish import plan_code
from tulle.deploy.release import ImageCode
from tulle.errors import ForeignResource
from tulle.project.project import PackageType

if TYPE_CHECKING:
    from pathlib import Path

    from fakes.aws import FakeAws
    from integration.deploy.conftest import MadeArtifact
    from integration.deploy.publish.conftest import Stage

pytestmark = needs("docker-registry")
NAME = "tulle/clothing-prod"


def test_makes_the_repository_and_names_the_image_by_its_digest(
    aws: FakeAws, stage: Stage, image: MadeArtifact
) -> None:
    published = stage.publish_image(image.path)
    uri = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{NAME}@{image.digest}"
    assert published.code == ImageCode(uri=uri)
    assert published.code == plan_code(PackageType.IMAGE, image.digest, stage.names, PLACE)
    assert published.sent_bytes == aws.ecr.uploaded() > 300_000

    ecr = aws.session().ecr()
    (repository,) = ecr.describe_repositories()["repositories"]
    assert repository["repositoryName"] == NAME
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["encryptionConfiguration"] == {"encryptionType": "AES256"}
    tags = ecr.list_tags_for_resource(resourceArn=repository["repositoryArn"])["tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {
        "tulle:project": "clothing",
        "tulle:stage": "prod",
    }
    (stored,) = ecr.describe_images(repositoryName=NAME)["imageDetails"]
    assert stored["imageDigest"] == image.digest
    assert stored["imageTags"] == [image.digest.removeprefix("sha256:")[:16]]


def test_lambda_may_fetch_the_images_and_old_ones_go(
    aws: FakeAws, stage: Stage, image: MadeArtifact
) -> None:
    stage.publish_image(image.path, keep=7)
    ecr = aws.session().ecr()
    policy = json.loads(ecr.get_repository_policy(repositoryName=NAME)["policyText"])
    assert policy["Statement"] == [
        {
            "Sid": "LambdaECRImageRetrievalPolicy",
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        }
    ]
    assert _lifecycle(aws) == [
        ("untagged", "sinceImagePushed", 14),
        ("any", "imageCountMoreThan", 7),
    ]


def test_what_else_the_policy_says_stays(aws: FakeAws, stage: Stage, image: MadeArtifact) -> None:
    stage.publish_image(image.path)
    own = {"Sid": "Own", "Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage"]}
    old = {
        "Sid": "LambdaECRImageRetrievalPolicy",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "*",
    }
    ecr = aws.session().ecr()
    for said in ([old, own], own):  # a policy may name one statement without a list
        policy = {"Version": "2012-10-17", "Statement": said}
        ecr.set_repository_policy(repositoryName=NAME, policyText=json.dumps(policy))
        stage.publish_image(image.path)
    policy = json.loads(ecr.get_repository_policy(repositoryName=NAME)["policyText"])
    assert policy["Statement"][0] == own
    assert [(s["Sid"], s["Effect"]) for s in policy["Statement"][1:]] == [
        ("LambdaECRImageRetrievalPolicy", "Allow")
    ]


def test_the_same_image_is_not_sent_twice(aws: FakeAws, stage: Stage, image: MadeArtifact) -> None:
    first = stage.publish_image(image.path)
    asked = len(aws.ecr.requests)
    second = stage.publish_image(image.path)
    assert second.code == first.code
    assert second.sent_bytes == 0
    assert len(aws.ecr.requests) == asked
    assert "it is there already" in stage.story.lines


def test_between_two_models_only_the_models_layer_is_sent(
    aws: FakeAws, stage: Stage, tmp_path: Path
) -> None:
    one = make_layout(tmp_path / "one", model=b"one" * 1000)
    two = make_layout(tmp_path / "two", model=b"two" * 1000)
    stage.publish_image(tmp_path / "one")
    aws.ecr.requests.clear()
    published = stage.publish_image(tmp_path / "two")

    (model,) = {layer.blob.descriptor for layer in two.layers} - {
        layer.blob.descriptor for layer in one.layers
    }
    expected = model.size + two.config.descriptor.size  # the config names the layers
    assert published.sent_bytes == aws.ecr.uploaded() == expected
    bodies = [path for method, path, size in aws.ecr.requests if method == "PUT" and size]
    assert len(bodies) == 3  # the model's layer, the config, the manifest


def test_stages_have_repositories_of_their_own(
    aws: FakeAws, stage: Stage, image: MadeArtifact, tmp_path: Path
) -> None:
    stage.publish_image(image.path)
    aws.ecr.requests.clear()
    published = make_stage(aws, tmp_path, stage="dev").publish_image(image.path)
    assert published.sent_bytes == aws.ecr.uploaded() > 300_000
    names = [
        each["repositoryName"]
        for each in aws.session().ecr().describe_repositories()["repositories"]
    ]
    assert sorted(names) == ["tulle/clothing-dev", NAME]


def test_two_at_once_come_to_the_same(aws: FakeAws, image: MadeArtifact, tmp_path: Path) -> None:
    stages = [make_stage(aws, tmp_path) for _ in range(3)]
    with ThreadPoolExecutor() as pool:
        codes = list(pool.map(lambda stage: stage.publish_image(image.path).code, stages))
    assert codes[0] == codes[1] == codes[2]
    assert [each.digest for each in stages[0].repositories.images(NAME)] == [image.digest]


def test_the_live_image_is_kept_however_old_it_is(
    aws: FakeAws, stage: Stage, tmp_path: Path
) -> None:
    digests = []
    for number in range(3):
        code = f"# {number}\n".encode()
        digests.append(make_layout(tmp_path / str(number), code=code).digest)
        stage.publish_image(tmp_path / str(number), keep=2, in_use=frozenset(digests[:1]))
    # The live one is the oldest of three, and another may come before this is put anew.
    assert _lifecycle(aws)[1] == ("any", "imageCountMoreThan", 4)


def test_a_repository_that_tulle_did_not_make_is_left_alone(
    aws: FakeAws, stage: Stage, image: MadeArtifact
) -> None:
    aws.session().ecr().create_repository(repositoryName=NAME)
    with pytest.raises(ForeignResource, match="that tulle did not make") as caught:
        stage.publish_image(image.path)
    assert "Key=tulle:project,Value=clothing Key=tulle:stage,Value=prod" in caught.value.hint
    assert not aws.ecr.requests


def test_a_repository_of_another_project_is_left_alone(
    aws: FakeAws, stage: Stage, image: MadeArtifact, tmp_path: Path
) -> None:
    other = make_stage(aws, tmp_path, project="clothing-prod", stage="prod").names
    tags = [{"Key": "tulle:project", "Value": other.project}, {"Key": "tulle:stage", "Value": "x"}]
    aws.session().ecr().create_repository(repositoryName=NAME, tags=tags)  # type: ignore[arg-type]  # as it is read
    with pytest.raises(ForeignResource, match="the stage `x` of the project `clothing-prod`"):
        stage.publish_image(image.path)


def test_the_login_is_nowhere_but_in_memory(
    stage: Stage, image: MadeArtifact, tmp_path: Path
) -> None:
    stage.publish_image(image.path)
    login = stage.repositories.log_in()
    assert login.password == f"{ACCOUNT}-auth-token"
    assert login.password not in repr(login)
    assert not list(tmp_path.iterdir())
    assert not any(login.password in line for line in stage.story.lines)


def test_progress_is_told_to_the_end(stage: Stage, image: MadeArtifact) -> None:
    stage.publish_image(image.path)
    done, total = stage.story.transfers[-1]
    assert done == total > 300_000


def _lifecycle(aws: FakeAws) -> list[tuple[str, str, int]]:
    text = aws.session().ecr().get_lifecycle_policy(repositoryName=NAME)["lifecyclePolicyText"]
    rules = json.loads(text)["rules"]
    assert all(rule["action"] == {"type": "expire"} for rule in rules)
    assert [rule["rulePriority"] for rule in rules] == [1, 2]
    parts = [rule["selection"] for rule in rules]
    return [(part["tagStatus"], part["countType"], part["countNumber"]) for part in parts]
