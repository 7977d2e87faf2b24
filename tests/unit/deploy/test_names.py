"""Names on AWS: within its limits, and different for different stages."""

from __future__ import annotations

import re

import pytest

from tulle.deploy.names import bucket_name, name_deployment
from tulle.errors import InvalidStage, UsageError


@pytest.mark.parametrize("project", ["clothing", "My_Shop", "7up", "-a-", "__", "A" * 60])
def test_fits_what_aws_allows(project: str) -> None:
    names = name_deployment(project, "dev")
    # FACTS: CloudFormation, ECR and Lambda in botocore's models
    assert re.fullmatch(r"[a-zA-Z][-a-zA-Z0-9]{0,127}", names.stack)
    assert re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", names.function)
    assert re.fullmatch(
        r"(?:[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*/)*[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*",
        names.repository,
    )
    assert re.fullmatch(r"[a-z0-9.-]{3,63}", bucket_name("123456789012", "ap-southeast-4"))


@pytest.mark.parametrize("stage", ["", "-dev", "dev-", "a b", "a_b", "a" * 33, "dév"])
def test_refuses_a_stage_that_cannot_stand_in_names(stage: str) -> None:
    with pytest.raises(InvalidStage, match="cannot be a stage"):
        name_deployment("clothing", stage)


@pytest.mark.parametrize("project", ["", "a b", "shop/x", "é", "a" * 65])
def test_refuses_a_project_that_none_can_be_called(project: str) -> None:
    with pytest.raises(UsageError, match="cannot be a project's name"):
        name_deployment(project, "dev")


def test_refuses_names_that_lambda_would_not_take() -> None:
    with pytest.raises(InvalidStage, match="allows 64 characters"):
        name_deployment("a" * 61, "prod")


def test_keeps_a_zip_under_its_stage_and_digest() -> None:
    assert name_deployment("my_shop", "dev").object_key("sha256:abc") == "my-shop-dev/abc.zip"
