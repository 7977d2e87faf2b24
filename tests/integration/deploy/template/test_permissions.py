"""What CloudFormation asks AWS for in the user's name, to make, read, change and remove the resources of a template."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from made_templates import ZIP, made_project, made_release
from tulle.deploy.permissions import Place, needed_statements
from tulle.deploy.template.template import make_template

if TYPE_CHECKING:
    from pathlib import Path

PLACE = Place(partition="aws", region="eu-west-1", account="123456789012")
# What AWS's handlers would ask for only where a resource had what no template of ours gives it.
NEVER_USED = {
    "an API's definition in S3": ["s3:getObject"],
    "a VPC or a file system": ["ec2:*", "elasticfilesystem:*", "s3files:*"],
    "a key of one's own": ["kms:*", "logs:*AssociateKmsKey", "logs:DisassociateKmsKey"],
    "code signing": ["lambda:*CodeSigningConfig"],
    "layers": ["lambda:GetLayerVersion"],
    "provisioned concurrency, capacity, recursion, a pinned runtime": [
        "lambda:*ProvisionedConcurrencyConfig",
        "lambda:*ScalingConfig",
        "lambda:PassCapacityProvider",
        "lambda:PutFunctionRecursionConfig",
        "lambda:PutRuntimeManagementConfig",
        "lambda:AssociateRuntimeAlias",
    ],
    "traffic shifted little by little": ["codedeploy:*"],
    "managed policies, a boundary, a description of the role": [
        "iam:AttachRolePolicy",
        "iam:DetachRolePolicy",
        "iam:*RolePermissionsBoundary",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
    ],
    "what log groups may have besides": [
        "firehose:TagDeliveryStream",
        "logs:*DataProtectionPolicy",
        "logs:*IndexPolicy",
        "logs:DeleteResourcePolicy",
        "logs:PutBearerTokenAuthentication",
        "logs:PutLogGroupDeletionProtection",
        "s3:REST.PUT.OBJECT",
    ],
    "a resource policy of the API": ["apigateway:UpdateRestApiPolicy"],
    "actions that IAM knows not: tags are POST, PUT and DELETE to it": [
        "apigateway:TagResource",
        "apigateway:UntagResource",
    ],
}
HTTP = """
[function]
tracing = true
reserved_concurrency = 5
[api]
access_logs = true
domain = "a.example.com"
[api.jwt]
issuer = "https://a.example.com"
audience = ["web"]
"""
REST = """
[package]
type = 'zip'
[api]
type = "rest"
access_logs = true
keys.own.quota.limit = 5
"""
URL = """
[api]
type = "url"
"""
PROJECTS = [HTTP, REST, URL]


def resources_of(folder: Path, text: str) -> Any:
    project = made_project(folder, text)
    release = made_release(code=ZIP) if "'zip'" in text else made_release()
    return json.loads(make_template(project, "dev", release).text)["Resources"]


@pytest.mark.parametrize("text", PROJECTS)
def test_the_policy_for_deploying_covers_all_that_a_template_takes(
    tmp_path: Path, text: str
) -> None:
    allowed = {action for one in needed_statements("cats", PLACE) for action in one.actions}
    unused = [pattern for patterns in NEVER_USED.values() for pattern in patterns]
    missing = {
        (kind, action)
        for kind in {one["Type"] for one in resources_of(tmp_path, text).values()}
        for action in _asked_for(kind) - allowed
        if not any(fnmatchcase(action, pattern) for pattern in unused)
    }
    assert missing == set()


@pytest.mark.parametrize("text", PROJECTS)
def test_the_policy_covers_the_log_groups(tmp_path: Path, text: str) -> None:
    arns = [
        arn
        for one in needed_statements("cats", PLACE)
        for arn in one.resources
        if "logs:CreateLogGroup" in one.actions
    ]
    for one in resources_of(tmp_path, text).values():
        if one["Type"] == "AWS::Logs::LogGroup":
            name = one["Properties"]["LogGroupName"]
            arn = f"arn:aws:logs:eu-west-1:123456789012:log-group:{name}:*"
            assert any(fnmatchcase(arn, pattern) for pattern in arns), name


def _asked_for(kind: str) -> set[str]:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-west-1", kind).schema
    handlers = schema["handlers"]
    return {
        action
        for operation in ("create", "read", "update", "delete")
        for action in handlers.get(operation, {}).get("permissions", [])
    }
