"""Taking a deployment away: all of it, nothing else, and again where it was interrupted."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from integration.deploy.operate.made_deployments import deploy_made, made_project
from tulle.api.destroy import DeployedRequest, plan_destroy
from tulle.aws.ecr import Repositories
from tulle.deploy.code.ownership import claim_repository
from tulle.deploy.names import name_deployment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from integration.deploy.operate.conftest import Tulle
    from tulle.aws.session import AwsSession

MANIFEST = (
    '{"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json", "config": '
    '{"mediaType": "application/vnd.docker.container.image.v1+json", "size": 7, "digest": "sha256:'
    + "0"
    * 64
    + '"}, '
    '"layers": []}'
)

POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}'


def all_names(things: Iterable[Any], key: str) -> list[str]:
    return sorted(str(thing[key]) for thing in things)


@cache
def all_lists(session: AwsSession) -> dict[str, Callable[[], list[str]]]:
    """Give what lists each kind of thing; clients take a while to be made."""
    stacks, functions, iam = session.cloudformation(), session.function_settings(), session.iam()
    logs, s3, ecr = session.logs(), session.s3(), session.ecr()
    rest, http = session.api_gateway(), session._session.client("apigatewayv2")
    alarms = session.cloudwatch()
    return {
        "stacks": lambda: all_names(stacks.describe_stacks()["Stacks"], "StackName"),
        "functions": lambda: all_names(functions.list_functions()["Functions"], "FunctionName"),
        "roles": lambda: all_names(iam.list_roles()["Roles"], "RoleName"),
        "logs": lambda: all_names(logs.describe_log_groups()["logGroups"], "logGroupName"),
        "buckets": lambda: all_names(s3.list_buckets()["Buckets"], "Name"),
        "repositories": lambda: all_names(
            ecr.describe_repositories()["repositories"], "repositoryName"
        ),
        "rest": lambda: all_names(rest.get_rest_apis()["items"], "id"),
        "keys": lambda: all_names(rest.get_api_keys()["items"], "id"),
        "http": lambda: all_names(http.get_apis()["Items"], "ApiId"),
        "alarms": lambda: all_names(alarms.describe_alarms()["MetricAlarms"], "AlarmName"),
    }


def listing(session: AwsSession) -> dict[str, list[str]]:
    """List all that a deployment could leave."""
    return {kind: names() for kind, names in all_lists(session).items()}


def publish_image(session: AwsSession, stage: str = "dev") -> None:
    names = name_deployment("shop", stage)
    claim_repository(Repositories(session), names)
    session.ecr().put_image(repositoryName=names.repository, imageManifest=MANIFEST, imageTag="1")


@pytest.mark.parametrize("api", ["http", "rest", "url", "none"])
def test_leaves_aws_as_it_was(session: AwsSession, tulle: Tulle, tmp_path: Path, api: str) -> None:
    before = listing(session)
    project = made_project(tmp_path, api=api)
    deploy_made(session, project)
    deploy_made(session, project, release=2)
    publish_image(session)
    assert listing(session) != before
    ran = tulle("destroy", "--folder", str(tmp_path), "--yes")
    assert ran.code == 0, ran.err
    assert listing(session) == before
    assert "Delete the stack shop-dev" in ran.err
    assert "Function (AWS::Lambda::Function): removed" in ran.err
    assert "nothing is left of shop, stage dev" in ran.err


def test_shows_what_goes_and_asks_for_the_stages_name(
    session: AwsSession, tulle: Tulle, tmp_path: Path
) -> None:
    deployment = deploy_made(session, made_project(tmp_path), stage="prod")
    publish_image(session, "prod")
    there = listing(session)
    words = ("destroy", "--folder", str(tmp_path), "--stage", "prod")
    ran = tulle(*words, typed="dev\n")
    assert ran.code == 1
    assert "that is not the stage's name: nothing was removed" in ran.err
    assert listing(session) == there
    for what in (
        "Remove shop, stage prod, from eu-west-1",
        "- stack shop-prod: ",
        "Function AWS::Lambda::Function shop-prod",
        "- log group /aws/lambda/shop-prod: 0.0 MiB",
        "- image repository tulle/shop-prod: 1 image",
        "- 1 zip in s3://tulle-123456789012-eu-west-1",
        "- bucket tulle-123456789012-eu-west-1, in which nothing else is",
        f"{deployment.url} will answer nobody any more",
    ):
        assert what in " ".join(ran.err.split())
    assert tulle(*words, typed="prod\n").code == 0
    assert listing(session)["stacks"] == []


def test_ctrl_c_says_how_to_go_on(
    session: AwsSession, tulle: Tulle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy_made(session, made_project(tmp_path))

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tulle.cli.destroy.destroy", interrupt)
    ran = tulle("destroy", "--folder", str(tmp_path), "--yes")
    assert ran.code == 130
    assert "`tulle destroy` once more removes the rest" in ran.err
    assert "nothing is left" not in ran.err


def test_nobody_to_ask_changes_nothing(session: AwsSession, tulle: Tulle, tmp_path: Path) -> None:
    deploy_made(session, made_project(tmp_path))
    there = listing(session)
    ran = tulle("destroy", "--folder", str(tmp_path))
    assert ran.code == 2
    assert "add --yes" in ran.err
    shown = tulle("destroy", "--folder", str(tmp_path), "--plan")
    assert shown.code == 0
    assert "- stack shop-dev" in shown.out
    assert listing(session) == there


def test_leaves_the_other_stage_and_the_other_project(
    session: AwsSession, tulle: Tulle, tmp_path: Path
) -> None:
    project = made_project(tmp_path)
    deploy_made(session, project, stage="prod")
    publish_image(session, "prod")
    deploy_made(session, made_project(tmp_path, name="shop-2"))
    others = listing(session)
    zips = session.s3().list_objects_v2(Bucket="tulle-123456789012-eu-west-1")["KeyCount"]
    deploy_made(session, made_project(tmp_path))
    ran = tulle("destroy", "--folder", str(tmp_path), "--yes", "--json")
    assert ran.code == 0, ran.err
    assert listing(session) == others
    assert session.s3().list_objects_v2(Bucket="tulle-123456789012-eu-west-1")["KeyCount"] == zips
    assert ran.json["stack"] == "shop-dev"
    assert ran.json["bucket"] is None
    assert len(ran.json["zips"]) == 1
    assert {
        "name": "Function",
        "type": "AWS::Lambda::Function",
        "physical_id": "shop-dev",
    } in ran.json["resources"]


@pytest.mark.parametrize("left", ["logs", "code", "stack"])
def test_goes_on_where_it_was_interrupted(
    session: AwsSession, tulle: Tulle, tmp_path: Path, left: str
) -> None:
    before = listing(session)
    made_project(tmp_path)
    if left == "logs":  # which Lambda made by itself
        session.logs().create_log_group(logGroupName="/aws/lambda/shop-dev")
    elif left == "code":
        publish_image(session)
    else:
        deploy_made(session, made_project(tmp_path))
        session.logs().delete_log_group(logGroupName="/aws/lambda/shop-dev")
    ran = tulle("destroy", "--folder", str(tmp_path), "--yes")
    assert ran.code == 0, ran.err
    assert listing(session) == before
    again = tulle("destroy", "--folder", str(tmp_path), "--yes")
    assert again.code == 7
    assert "error[deployment-not-found]" in again.err


def test_a_group_of_another_function_stays(
    session: AwsSession, tulle: Tulle, tmp_path: Path
) -> None:
    made_project(tmp_path)
    for name in ("/aws/lambda/shop-dev", "/aws/lambda/shop-dev-2"):
        session.logs().create_log_group(logGroupName=name)
    assert tulle("destroy", "--folder", str(tmp_path), "--yes").code == 0
    assert listing(session)["logs"] == ["/aws/lambda/shop-dev-2"]


def test_refuses_what_is_not_ours(session: AwsSession, tulle: Tulle, tmp_path: Path) -> None:
    made_project(tmp_path)
    session.cloudformation().create_stack(
        StackName="shop-dev",
        TemplateBody='{"Resources": {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {}}}}',
    )
    there = listing(session)
    ran = tulle("destroy", "--folder", str(tmp_path), "--yes")
    assert ran.code == 7
    assert "error[foreign-resource]: there is a stack shop-dev already" in ran.err
    assert listing(session) == there


def test_a_repository_of_somebody_else_stays(
    session: AwsSession, tulle: Tulle, tmp_path: Path
) -> None:
    deploy_made(session, made_project(tmp_path))
    session.ecr().create_repository(repositoryName="tulle/shop-dev")
    ran = tulle("destroy", "--folder", str(tmp_path), "--yes")
    assert ran.code == 0, ran.err
    assert listing(session)["repositories"] == ["tulle/shop-dev"]
    assert listing(session)["stacks"] == []


def test_works_without_the_folder(session: AwsSession, tulle: Tulle, tmp_path: Path) -> None:
    deploy_made(session, made_project(tmp_path))
    ran = tulle("destroy", "--name", "shop", "--yes")
    assert ran.code == 0, ran.err
    assert listing(session)["functions"] == []


def test_a_function_that_somebody_deleted_by_hand_keeps_nothing(
    session: AwsSession, tulle: Tulle, tmp_path: Path
) -> None:
    before = listing(session)
    deploy_made(session, made_project(tmp_path))
    session.function_settings().delete_function(FunctionName="shop-dev")
    ran = tulle("destroy", "--folder", str(tmp_path), "--yes")
    assert ran.code == 0, ran.err
    assert listing(session) == before


def test_the_plan_as_json_is_what_would_go(
    session: AwsSession, tulle: Tulle, tmp_path: Path
) -> None:
    deploy_made(session, made_project(tmp_path))
    shown = tulle("destroy", "--folder", str(tmp_path), "--plan", "--json")
    planned = json.loads(shown.out)
    assert (planned["stack"], planned["stage"]) == ("shop-dev", "dev")
    assert listing(session)["stacks"] == ["shop-dev"]
    gone = tulle("destroy", "--folder", str(tmp_path), "--yes", "--json")
    assert json.loads(gone.out) == planned
    assert listing(session)["stacks"] == []


@pytest.mark.usefixtures("tulle")
def test_the_api_plans_without_changing(session: AwsSession, tmp_path: Path) -> None:
    deploy_made(session, made_project(tmp_path))
    there = listing(session)
    planned = plan_destroy(DeployedRequest(folder=tmp_path))
    assert planned.account == "123456789012"
    assert planned.removal.stack is not None
    assert listing(session) == there


def test_says_what_keeps_the_stack_and_goes_on_when_that_is_put_right(
    session: AwsSession, tulle: Tulle, tmp_path: Path
) -> None:
    before = listing(session)
    deploy_made(session, made_project(tmp_path))
    iam = session.iam()
    (role,) = set(listing(session)["roles"]) - set(before["roles"])
    policy = iam.create_policy(PolicyName="by-hand", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    ran = tulle("destroy", "--folder", str(tmp_path), "--yes")
    assert ran.code == 7
    assert (
        "error[stack-stuck]: CloudFormation could not delete all of the stack shop-dev" in ran.err
    )
    assert "Role (AWS::IAM::Role): " in ran.err
    assert listing(session)["buckets"] != before["buckets"]  # the code goes last
    iam.detach_role_policy(RoleName=role, PolicyArn=policy)
    again = tulle("destroy", "--folder", str(tmp_path), "--yes")
    assert again.code == 0, again.err
    assert listing(session) == before
