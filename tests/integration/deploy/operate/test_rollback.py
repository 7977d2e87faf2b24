"""`tulle rollback`: callers reach an earlier version again, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from integration.deploy.operate.made_deployments import (
    deploy_made,
    made_project,
    model_of,
    publish_made,
    revision_of,
)
from integration.deploy.operate.test_destroy import MANIFEST
from tulle.aws.ecr import Repositories
from tulle.aws.functions import Functions
from tulle.deploy.code.ownership import claim_repository
from tulle.deploy.live.rollback import plan_rollback
from tulle.deploy.names import name_deployment
from tulle.errors import FunctionUnready

if TYPE_CHECKING:
    from pathlib import Path

    from integration.deploy.operate.conftest import Tulle
    from tulle.aws.functions import Alias, FunctionVersion
    from tulle.aws.session import AwsSession
    from tulle.project.project import Project


@pytest.fixture
def project(session: AwsSession, tmp_path: Path) -> Project:
    """Deploy three releases of a project to stage dev."""
    made = made_project(tmp_path)
    deploy_made(session, made)
    for release in (2, 3):
        publish_made(session, "shop-dev", release)
    return made


def live(session: AwsSession) -> Alias:
    return Functions(session).alias("shop-dev", "live")


def test_goes_to_the_version_before_and_says_what_that_is(
    session: AwsSession, tulle: Tulle, project: Project
) -> None:
    words = ("rollback", "--folder", str(project.folder))
    ran = tulle(*words, typed="y\n")
    assert ran.code == 0, ran.err
    assert "Let callers of shop-dev reach version 2 again" in ran.err
    assert "now   version 3 of 20" in ran.err
    assert f"model {model_of(3)[:12]}, revision {revision_of(3)[:12]}" in ran.err
    assert f"model {model_of(2)[:12]}, revision {revision_of(2)[:12]}" in ran.err
    assert "version 2 is live; the next `tulle deploy` moves on" in ran.err
    assert (live(session).version, live(session).description) == ("2", "rolled back from version 3")
    assert tulle(*words, "--yes").code == 0
    assert live(session).version == "1"
    again = tulle(*words, "--yes")
    assert again.code == 7
    assert (
        "error[deployment-not-found]: shop-dev has no version before 1 to go back to" in again.err
    )
    assert live(session).version == "1"


def test_goes_to_a_version_by_its_number_and_forward_again(
    session: AwsSession, tulle: Tulle, project: Project
) -> None:
    words = ("rollback", "--folder", str(project.folder), "--yes", "--json", "--to")
    ran = tulle(*words, "1")
    assert ran.json == {
        "schema": 1,
        "function": "shop-dev",
        "stage": "dev",
        "before": "3",
        "version": "1",
        "changed": True,
    }
    assert live(session).version == "1"
    assert tulle(*words, "3").json["changed"] is True
    already = tulle(*words, "3")
    assert (already.code, already.json["changed"]) == (0, False)
    assert "version 3 is live already" in already.err
    unknown = tulle(*words, "9")
    assert unknown.code == 7
    assert "shop-dev has no version 9" in unknown.err
    assert "version 2 of 20" in unknown.err
    assert f"model {model_of(1)[:12]}, revision {revision_of(1)[:12]}" in unknown.err


@pytest.mark.parametrize(("typed", "code"), [("n\n", 1), ("", 2)])
def test_without_a_yes_nothing_changes(
    session: AwsSession, tulle: Tulle, project: Project, typed: str, code: int
) -> None:
    ran = tulle("rollback", "--folder", str(project.folder), typed=typed)
    assert ran.code == code
    assert live(session).version == "3"


def test_passes_over_versions_that_no_deployment_made(
    session: AwsSession, tulle: Tulle, project: Project
) -> None:
    functions = session.function_settings()
    functions.update_function_configuration(FunctionName="shop-dev", MemorySize=512)
    functions.publish_version(FunctionName="shop-dev", Description="tulle tune: a trial")
    publish_made(session, "shop-dev", 5)
    assert live(session).version == "5"
    assert tulle("rollback", "--folder", str(project.folder), "--yes").code == 0
    assert live(session).version == "3"


def test_the_next_deployment_moves_on(session: AwsSession, tulle: Tulle, project: Project) -> None:
    tulle("rollback", "--folder", str(project.folder), "--yes")
    deploy_made(session, project, release=4)
    assert live(session).version == "4"


def test_a_stage_that_is_not_deployed(tulle: Tulle, tmp_path: Path) -> None:
    made_project(tmp_path)
    ran = tulle("rollback", "--folder", str(tmp_path), "--yes")
    assert ran.code == 7
    assert "is not deployed" in ran.err


class _Broken(Functions):
    """A Lambda that has lost the image of a version."""

    def version(self, function: str, qualifier: str = "$LATEST") -> FunctionVersion:
        found = super().version(function, qualifier)
        return replace(found, state="Failed", state_reason="The image is gone")


@pytest.mark.usefixtures("project")
def test_a_version_that_cannot_run_is_refused(session: AwsSession) -> None:
    with pytest.raises(
        FunctionUnready, match="version 2 of shop-dev cannot run any more: The image is gone"
    ):
        plan_rollback(_Broken(session), "shop-dev")
    assert live(session).version == "3"


def test_an_image_that_is_not_kept_any_more_is_warned_of(
    session: AwsSession, tulle: Tulle, tmp_path: Path
) -> None:
    made_project(tmp_path)
    kept = make_image_function(session, gone="sha256:" + "0" * 64)
    words = ("rollback", "--folder", str(tmp_path), "--yes")
    ran = tulle(*words)
    assert ran.code == 0, ran.err
    assert "the image of version 1 is not in the repository any more" in ran.err
    again = tulle(*words, "--to", kept)
    assert again.code == 0, again.err
    assert "not in the repository" not in again.err


def make_image_function(session: AwsSession, *, gone: str) -> str:
    """Make a function of images, of which the first is not in the repository; give the other's version."""
    names = name_deployment("shop", "dev")
    repository = claim_repository(Repositories(session), names)
    digest = session.ecr().put_image(
        repositoryName=names.repository, imageManifest=MANIFEST, imageTag="1"
    )["image"]["imageId"]["imageDigest"]
    session.cloudformation().create_stack(
        StackName=names.stack,
        TemplateBody='{"Resources": {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {}}}}',
        Tags=[{"Key": "tulle:project", "Value": "shop"}, {"Key": "tulle:stage", "Value": "dev"}],
    )
    role = session.iam().create_role(RoleName="shop", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    functions = session.function_settings()
    functions.create_function(
        FunctionName="shop-dev",
        PackageType="Image",
        Code={"ImageUri": f"{repository.uri}@{digest}"},
        Role=role,
    )
    functions.publish_version(FunctionName="shop-dev", Description=f"digest={gone}")
    functions.create_alias(FunctionName="shop-dev", Name="live", FunctionVersion="1")
    functions.update_function_configuration(FunctionName="shop-dev", MemorySize=512)
    kept = functions.publish_version(FunctionName="shop-dev", Description=f"digest={digest}")
    functions.update_alias(FunctionName="shop-dev", Name="live", FunctionVersion=kept["Version"])
    return kept["Version"]
