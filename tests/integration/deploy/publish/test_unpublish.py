"""What a stage has published goes with the stage, and nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debian_programs import needs
from fakes.aws import ACCOUNT, OTHER_ACCOUNT, REGION
from integration.deploy.publish.conftest import BUCKET, make_stage
from made_artifacts import make_layout
from tulle.deploy.code.unpublish import show_unpublish
from tulle.errors import ActionDenied

if TYPE_CHECKING:
    from pathlib import Path

    from fakes.aws import FakeAws
    from integration.deploy.conftest import MadeArtifact
    from integration.deploy.publish.conftest import Stage


@needs("docker-registry")
def test_all_of_a_stage_goes_and_aws_is_as_before(
    aws: FakeAws, stage: Stage, image: MadeArtifact, zip_file: MadeArtifact, tmp_path: Path
) -> None:
    make_layout(tmp_path / "other", model=b"other")
    stage.publish_image(image.path)
    stage.publish_image(tmp_path / "other")
    stage.publish_zip(zip_file)
    plan = stage.plan_unpublish()
    assert show_unpublish(plan).splitlines() == [
        "- image repository tulle/clothing-prod: 2 images, 0.0 MiB",
        f"- 1 zip in s3://tulle-{ACCOUNT}-{REGION}, 0.0 MiB",
        f"- bucket tulle-{ACCOUNT}-{REGION}, in which nothing else is",
    ]
    assert not plan.is_empty
    stage.unpublish(plan)
    _assert_nothing_is_left(aws)
    assert stage.plan_unpublish().is_empty


def test_where_nothing_was_published_nothing_goes(stage: Stage) -> None:
    plan = stage.plan_unpublish()
    assert plan.is_empty
    assert show_unpublish(plan) == ""
    stage.unpublish(plan)


@needs("docker-registry")
def test_other_stages_and_projects_stay(
    aws: FakeAws, stage: Stage, image: MadeArtifact, zip_file: MadeArtifact, tmp_path: Path
) -> None:
    # `prod-eu` begins as `prod` does, and so does the key of its zip.
    others = [
        make_stage(aws, tmp_path, stage="prod-eu"),
        make_stage(aws, tmp_path, project="other"),
    ]
    for each in (stage, *others):
        each.publish_image(image.path)
        each.publish_zip(zip_file)
    plan = stage.plan_unpublish()
    assert not plan.bucket_goes
    stage.unpublish(plan)
    for each in others:
        left = each.plan_unpublish()
        assert left.repository == each.names.repository
        assert len(left.images) == len(left.zips) == 1
        assert each.publish_image(image.path).sent_bytes == 0
        assert each.publish_zip(zip_file).sent_bytes == 0
    for each in others:
        each.unpublish(each.plan_unpublish())
    _assert_nothing_is_left(aws)


def test_versions_that_were_replaced_or_deleted_go_too(
    aws: FakeAws, stage: Stage, zip_file: MadeArtifact
) -> None:
    stage.publish_zip(zip_file)
    key = stage.names.object_key(zip_file.digest)
    s3 = aws.session().s3()
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"again")
    s3.delete_object(Bucket=BUCKET, Key=key)
    (stored,) = stage.plan_unpublish().zips
    assert len(stored.versions) == 3
    assert stored.size_bytes == zip_file.path.stat().st_size + len(b"again")
    stage.unpublish(stage.plan_unpublish())
    _assert_nothing_is_left(aws)


def test_what_tulle_did_not_make_stays(aws: FakeAws, stage: Stage) -> None:
    session = aws.session()
    session.ecr().create_repository(repositoryName=stage.names.repository)
    session.s3().create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    plan = stage.plan_unpublish()
    assert plan.is_empty
    assert "that tulle did not make" in show_unpublish(plan)
    stage.unpublish(plan)
    assert len(session.ecr().describe_repositories()["repositories"]) == 1
    assert len(session.s3().list_buckets()["Buckets"]) == 1


def test_a_bucket_of_another_account_is_told_and_stays(aws: FakeAws, stage: Stage) -> None:
    other = aws.session(account=OTHER_ACCOUNT).s3()
    other.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    plan = stage.plan_unpublish()
    assert plan.is_empty
    assert f"the bucket `{BUCKET}` is not open to you" in show_unpublish(plan)
    assert len(other.list_buckets()["Buckets"]) == 1


def test_what_came_into_the_bucket_meanwhile_keeps_it(
    aws: FakeAws, stage: Stage, zip_file: MadeArtifact, tmp_path: Path
) -> None:
    stage.publish_zip(zip_file)
    plan = stage.plan_unpublish()
    assert plan.bucket_goes
    other = make_stage(aws, tmp_path, stage="dev")
    other.publish_zip(zip_file)
    stage.unpublish(plan)
    assert "it stays: somebody has put something into it" in stage.story.lines
    assert len(other.plan_unpublish().zips) == 1


@needs("docker-registry")
def test_one_that_was_denied_half_way_is_finished_the_next_time(
    aws: FakeAws, stage: Stage, image: MadeArtifact, zip_file: MadeArtifact, tmp_path: Path
) -> None:
    stage.publish_image(image.path)
    stage.publish_zip(zip_file)
    every = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}
    keys = aws.user("ci", every, deny)
    aws.enforce()
    denied = make_stage(aws, tmp_path, session=aws.session(keys=keys))
    with pytest.raises(ActionDenied, match="s3:DeleteBucket"):
        denied.unpublish(denied.plan_unpublish())
    aws.enforce(after=float("inf"))
    plan = stage.plan_unpublish()
    assert (plan.repository, plan.zips, plan.bucket_goes) == (None, (), True)
    stage.unpublish(plan)
    _assert_nothing_is_left(aws)


def _assert_nothing_is_left(aws: FakeAws) -> None:
    assert aws.session().ecr().describe_repositories()["repositories"] == []
    assert aws.session().s3().list_buckets()["Buckets"] == []
