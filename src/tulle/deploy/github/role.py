"""Owns the role that GitHub Actions takes on: a CloudFormation template, to be deployed once by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.deploy.permissions import Place, needed_statements, policy_document

if TYPE_CHECKING:
    from tulle.deploy.permissions import Statement

__all__ = ["role_template"]

_ISSUER = "token.actions.githubusercontent.com"
_PLACE = Place(partition="${AWS::Partition}", region="${AWS::Region}", account="${AWS::AccountId}")


def role_template(project: str, repository: str | None) -> dict[str, object]:
    """Write the template of a role that one branch of one repository may take on, to deploy one project.

    Args:
        project: the project's name.
        repository: `OWNER/NAME` on GitHub; None leaves it to whoever deploys the template.
    """
    owner, _, name = (repository or "").partition("/")
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Lets GitHub Actions deploy {project}, without stored keys",
        "Parameters": {
            "Owner": _parameter("The user or organisation on GitHub", owner),
            "Repository": _parameter("The repository's name", name),
            "Branch": _parameter("The branch that may deploy", "main"),
            "ProviderArn": {
                "Type": "String",
                "Default": "",
                "Description": "GitHub's OIDC provider, where the account has it already: "
                "`aws iam list-open-id-connect-providers`",
            },
        },
        "Conditions": {"MakesProvider": {"Fn::Equals": [{"Ref": "ProviderArn"}, ""]}},
        "Resources": {
            "Provider": {
                "Type": "AWS::IAM::OIDCProvider",
                "Condition": "MakesProvider",
                "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": "Retain",
                "Properties": {
                    "Url": f"https://{_ISSUER}",
                    "ClientIdList": ["sts.amazonaws.com"],
                },
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "Description": f"Deploys {project} from GitHub Actions",
                    "AssumeRolePolicyDocument": _trust(),
                    "Policies": [
                        {
                            "PolicyName": "deploy",
                            "PolicyDocument": _policy(needed_statements(project, _PLACE)),
                        }
                    ],
                },
            },
        },
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    }


def _parameter(meaning: str, default: str) -> dict[str, str]:
    said = {"Type": "String", "Description": meaning, "AllowedPattern": "[A-Za-z0-9._/-]+"}
    return {**said, "Default": default} if default else said


def _trust() -> dict[str, object]:
    """Trust one branch, by either form of GitHub's subject: since 2026-07-15 it has the ids of owner and repository.

    https://github.com/aws-actions/configure-aws-credentials#oidc-configuration
    """
    subjects = ("repo:${Owner}/${Repository}", "repo:${Owner}@*/${Repository}@*")
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {
                    "Federated": {
                        "Fn::If": ["MakesProvider", {"Ref": "Provider"}, {"Ref": "ProviderArn"}]
                    }
                },
                "Condition": {
                    "StringEquals": {f"{_ISSUER}:aud": "sts.amazonaws.com"},
                    "StringLike": {
                        f"{_ISSUER}:sub": [
                            {"Fn::Sub": f"{subject}:ref:refs/heads/${{Branch}}"}
                            for subject in subjects
                        ]
                    },
                },
            }
        ],
    }


def _policy(statements: tuple[Statement, ...]) -> dict[str, object]:
    """Write the policy with CloudFormation's variables in its resources."""
    return policy_document(
        statements, write_resource=lambda arn: {"Fn::Sub": arn} if "${" in arn else arn
    )
