"""What deploying needs reaches the project's own things alone."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

import pytest

from tulle.deploy.names import bucket_name, name_deployment
from tulle.deploy.permissions import Place, Statement, needed_statements, policy_document

PLACE = Place(partition="aws", region="eu-west-1", account="123456789012")
LISTS = {
    "cloudformation:DescribeStackDriftDetectionStatus",
    "cloudformation:ListStacks",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "ecr:GetAuthorizationToken",
    "lambda:GetAccountSettings",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
}
"""What AWS knows for an account as a whole only."""


def statements(project: str) -> tuple[Statement, ...]:
    return needed_statements(project, PLACE)


def allows(project: str, action: str, arn: str) -> bool:
    return any(
        action in statement.actions and any(fnmatchcase(arn, one) for one in statement.resources)
        for statement in statements(project)
    )


@pytest.mark.parametrize("project", ["clothing", "My_Shop", "7up"])
@pytest.mark.parametrize("stage", ["dev", "prod-2"])
def test_covers_every_stage_of_the_project(project: str, stage: str) -> None:
    names = name_deployment(project, stage)
    of_region = "eu-west-1:123456789012"
    for action, arn in {
        "cloudformation:CreateChangeSet": f"arn:aws:cloudformation:{of_region}:stack/{names.stack}/1",
        "ecr:PutImage": f"arn:aws:ecr:{of_region}:repository/{names.repository}",
        "lambda:InvokeFunction": f"arn:aws:lambda:{of_region}:function:{names.function}:live",
        "iam:PassRole": f"arn:aws:iam::123456789012:role/{names.stack}-Role-1ABC",
        "logs:CreateLogGroup": f"arn:aws:logs:{of_region}:log-group:{names.log_group}:*",
        "s3:PutObject": f"arn:aws:s3:::{bucket_name('123456789012', 'eu-west-1')}/x.zip",
    }.items():
        assert allows(project, action, arn), action


def test_leaves_other_projects_alone() -> None:
    of_region = "eu-west-1:123456789012"
    assert not allows(
        "clothing", "lambda:DeleteFunction", f"arn:aws:lambda:{of_region}:function:cloth-dev"
    )
    assert not allows("clothing", "iam:PassRole", "arn:aws:iam::123456789012:role/Administrator")
    assert not allows("clothing", "s3:DeleteObject", "arn:aws:s3:::somebody-elses/x.zip")


def test_asks_for_all_resources_only_where_aws_knows_no_other() -> None:
    everywhere = {
        action
        for statement in statements("clothing")
        if "*" in statement.resources
        for action in statement.actions
    }
    assert everywhere == LISTS


def test_gives_the_role_to_lambda_alone() -> None:
    document = policy_document(statements("clothing"))
    assert isinstance(document["Statement"], list)
    passing = [one for one in document["Statement"] if "iam:PassRole" in one["Action"]]
    assert [one["Condition"] for one in passing] == [
        {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    ]
    assert passing[0]["Action"] == ["iam:PassRole"]


def test_fits_into_one_policy() -> None:
    # An inline policy of a role may have 10,240 characters: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    long = "a" * 60
    assert len(json.dumps(policy_document(statements(long)), separators=(",", ":"))) < 10_240
