"""A zip goes to the account's artifact bucket, which is encrypted, private and versioned, and goes there once."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from fakes.aws import ACCOUNT, OTHER_ACCOUNT, REGION
from integration.deploy.conftest import MadeArtifact
from integration.deploy.publish.conftest import BUCKET, PLACE, make_stage
from made_artifacts import make_zip
from tulle.deploy.code.publish import plan_code
from tulle.deploy.permissions import needed_statements
from tulle.deploy.release import ZipCode
from tulle.errors import ActionDenied, ForeignResource
from tulle.project.project import PackageType

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

    from fakes.aws import FakeAws
    from integration.deploy.publish.conftest import Stage


def test_stores_the_zip_under_its_digest(
    aws: FakeAws, stage: Stage, zip_file: MadeArtifact
) -> None:
    published = stage.publish_zip(zip_file)
    key = f"clothing-prod/{zip_file.digest.removeprefix('sha256:')}.zip"
    assert published.code == ZipCode(bucket=f"tulle-{ACCOUNT}-{REGION}", key=key)
    assert published.code == plan_code(PackageType.ZIP, zip_file.digest, stage.names, PLACE)
    assert published.sent_bytes == zip_file.path.stat().st_size
    assert _content(aws.session().s3(), key) == zip_file.path.read_bytes()
    assert stage.story.transfers[-1] == (published.sent_bytes, published.sent_bytes)


def test_the_bucket_is_encrypted_private_versioned_and_kept_small(
    aws: FakeAws, stage: Stage, zip_file: MadeArtifact
) -> None:
    stage.publish_zip(zip_file)
    s3 = aws.session().s3()
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == REGION
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    (rule,) = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    block = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert block == {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    (statement,) = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == (
        "Deny",
        "*",
        "s3:*",
    )
    assert statement["Resource"] == [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    replaced, abandoned = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert replaced["NoncurrentVersionExpiration"]["NoncurrentDays"] == 30
    assert abandoned["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 7


def test_the_same_zip_is_not_sent_twice(aws: FakeAws, stage: Stage, zip_file: MadeArtifact) -> None:
    first = stage.publish_zip(zip_file)
    second = stage.publish_zip(zip_file)
    assert second.code == first.code
    assert second.sent_bytes == 0
    assert "it is there already" in stage.story.lines
    versions = aws.session().s3().list_object_versions(Bucket=BUCKET)["Versions"]
    assert len(versions) == 1


def test_what_somebody_put_in_its_place_is_replaced(
    aws: FakeAws, stage: Stage, zip_file: MadeArtifact
) -> None:
    code = stage.publish_zip(zip_file).code
    assert isinstance(code, ZipCode)
    aws.session().s3().put_object(Bucket=BUCKET, Key=code.key, Body=b"something else")
    assert stage.publish_zip(zip_file).sent_bytes > 0
    assert _content(aws.session().s3(), code.key) == zip_file.path.read_bytes()


def test_a_large_zip_goes_in_parts_and_tells_how_far_it_is(
    aws: FakeAws, stage: Stage, tmp_path: Path
) -> None:
    path = tmp_path / "large.zip"
    path.write_bytes(random.Random(1).randbytes(9 * 1024 * 1024))
    published = stage.publish_zip(MadeArtifact(path=path, digest=f"sha256:{'0' * 64}"))
    assert published.sent_bytes == 9 * 1024 * 1024
    done = [each for each, _ in stage.story.transfers]
    assert done == sorted(done)
    assert len(done) > 10
    assert stage.story.transfers[-1] == (9 * 1024 * 1024, 9 * 1024 * 1024)
    key = stage.names.object_key("0" * 64)
    stored = aws.session().s3().head_object(Bucket=BUCKET, Key=key)
    assert stored["ETag"].endswith('-2"')  # in two parts
    assert _content(aws.session().s3(), key) == path.read_bytes()


def test_a_bucket_whose_making_was_interrupted_is_finished(
    aws: FakeAws, stage: Stage, zip_file: MadeArtifact
) -> None:
    s3 = aws.session().s3()
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    stage.publish_zip(zip_file)
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert stage.artifacts.is_own()


def test_the_first_region_has_no_name_in_s3(
    aws: FakeAws, zip_file: MadeArtifact, tmp_path: Path
) -> None:
    stage = make_stage(aws, tmp_path, session=aws.session(region="us-east-1"))
    code = stage.publish_zip(zip_file).code
    assert isinstance(code, ZipCode)
    assert code.bucket == f"tulle-{ACCOUNT}-us-east-1"


def test_a_name_that_another_account_took_is_told(
    aws: FakeAws, stage: Stage, zip_file: MadeArtifact
) -> None:
    other = aws.session(account=OTHER_ACCOUNT).s3()
    other.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    with pytest.raises(ForeignResource, match="belongs to another AWS account") as caught:
        stage.publish_zip(zip_file)
    assert "another region" in caught.value.hint
    assert "Contents" not in other.list_objects_v2(Bucket=BUCKET)
    with pytest.raises(other.exceptions.ClientError, match="NoSuchTagSet"):
        other.get_bucket_tagging(Bucket=BUCKET)


@pytest.mark.parametrize("denied", ["s3:CreateBucket", "s3:PutBucketVersioning", "s3:PutObject"])
def test_a_denied_action_is_named(
    aws: FakeAws, zip_file: MadeArtifact, tmp_path: Path, denied: str
) -> None:
    stage = make_stage(aws, tmp_path, session=aws.session(keys=_user(aws, without=denied)))
    aws.enforce()
    with pytest.raises(ActionDenied, match=f"`{denied}`") as caught:
        stage.publish_zip(zip_file)
    statement = json.loads(str(caught.value.detail).partition("\n\n")[2])
    assert statement["Action"] == denied


def test_the_actions_that_tulle_asks_for_are_enough(
    aws: FakeAws, zip_file: MadeArtifact, tmp_path: Path
) -> None:
    stage = make_stage(aws, tmp_path, session=aws.session(keys=_user(aws)))
    aws.enforce()
    assert stage.publish_zip(zip_file).sent_bytes > 0
    assert stage.publish_zip(zip_file).sent_bytes == 0
    stage.unpublish(stage.plan_unpublish())


def test_zips_of_two_models_differ(aws: FakeAws, stage: Stage, tmp_path: Path) -> None:
    keys = set()
    for model in (b"one", b"two"):
        path = tmp_path / f"{model.decode()}.zip"
        published = stage.publish_zip(MadeArtifact(path=path, digest=make_zip(path, model=model)))
        assert isinstance(published.code, ZipCode)
        keys.add(published.code.key)
    listed = aws.session().s3().list_objects_v2(Bucket=BUCKET)["Contents"]
    assert {each["Key"] for each in listed} == keys
    assert len(keys) == 2


def _user(aws: FakeAws, *, without: str = "") -> tuple[str, str]:
    """Make a user who may do all that tulle says it needs, but for one action."""
    statements = [
        {"Effect": "Allow", "Action": sorted(set(each.actions) - {without}), "Resource": "*"}
        for each in needed_statements("clothing", PLACE)
    ]
    return aws.user("ci", *statements)


def _content(s3: S3Client, key: str) -> bytes:
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
