"""Finding what is deployed of a project."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from integration.deploy.operate.made_deployments import deploy_made, made_project
from tulle.aws.api_keys import find_api_key
from tulle.deploy.deployment import deployments_of, find_deployment
from tulle.deploy.names import name_deployment
from tulle.errors import DeploymentNotFound, ForeignResource
from tulle.project.api import Throttle
from tulle.project.file import read_project

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.aws.session import AwsSession


def test_finds_a_stage_and_how_it_is_asked(session: AwsSession, tmp_path: Path) -> None:
    project = made_project(tmp_path)
    deploy_made(session, project, stage="prod")
    deployment = find_deployment(session, name_deployment("shop", "prod"))
    assert deployment.function == "shop-prod"
    assert deployment.url is not None
    assert ".execute-api.eu-west-1.amazonaws.com" in deployment.url
    live = deployment.live(project.api)
    assert (live.function, live.url, live.qualifier) == ("shop-prod", deployment.url, "live")


def test_lists_the_stages_of_a_project_alone(session: AwsSession, tmp_path: Path) -> None:
    project = made_project(tmp_path)
    for stage in ("prod", "dev"):
        deploy_made(session, project, stage=stage)
    deploy_made(session, made_project(tmp_path, name="shop-2"), stage="dev")
    found = deployments_of(session, "shop")
    assert [each.names.stage for each in found] == ["dev", "prod"]


def test_names_the_stages_that_are_there_where_one_is_not(
    session: AwsSession, tmp_path: Path
) -> None:
    with pytest.raises(DeploymentNotFound, match="stage dev, is not deployed in eu-west-1") as none:
        find_deployment(session, name_deployment("shop", "dev"))
    assert none.value.hint.startswith("deploy it")
    deploy_made(session, made_project(tmp_path), stage="prod")
    with pytest.raises(DeploymentNotFound) as caught:
        find_deployment(session, name_deployment("shop", "dev"))
    assert "deployed are: prod" in caught.value.hint


def test_a_stack_of_somebody_else_is_none_of_ours(session: AwsSession) -> None:
    session.cloudformation().create_stack(
        StackName="shop-dev",
        TemplateBody='{"Resources": {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {}}}}',
    )
    with pytest.raises(ForeignResource, match="was not made by tulle"):
        find_deployment(session, name_deployment("shop", "dev"))
    assert deployments_of(session, "shop") == ()


def test_a_key_that_aws_made_is_found_and_goes_with_its_stack(
    session: AwsSession, tmp_path: Path
) -> None:
    made_project(tmp_path, api="rest")
    with (tmp_path / "tulle.toml").open("a") as file:
        file.write("[api.keys.partner]\nquota = { limit = 1000, period = 'day' }\n")
    project = read_project(tmp_path)
    deploy_made(session, project)
    deployment = find_deployment(session, name_deployment("shop", "dev"))
    (key_id,) = deployment.live(project.api).api_key_ids
    assert len(find_api_key(session, key_id)) >= 20
    slower = replace(project, api=replace(project.api, throttle=Throttle(rate=1, burst=1)))
    deploy_made(session, slower, release=2)
    session.cloudformation().delete_stack(StackName="shop-dev")
    assert session.api_gateway().get_api_keys()["items"] == []
