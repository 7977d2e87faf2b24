"""Stacks of the templates, made by moto's CloudFormation and read back through the services' own APIs."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from made_templates import IMAGE, made_project, made_release
from tulle.deploy.release import version_note
from tulle.deploy.template.template import make_template

if TYPE_CHECKING:
    from pathlib import Path

    from fakes.aws import FakeAws

KEY = "a-key-of-twenty-or-more"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:cats-dev"


class Account:
    """An AWS account, asked with boto3 alone."""

    def __init__(self, aws: FakeAws, folder: Path) -> None:
        self._folder = folder
        self._session = boto3.Session("id", "secret", region_name="eu-west-1")
        self._endpoint = aws.endpoint

    def client(self, name: Any) -> Any:
        return self._session.client(name, endpoint_url=self._endpoint)

    def deploy(self, text: str, **release: Any) -> dict[str, str]:
        """Make a stack, or change it; give its outputs."""
        template = make_template(made_project(self._folder, text), "dev", made_release(**release))
        stacks = self.client("cloudformation")
        said = {
            "StackName": "cats-dev",
            "TemplateBody": template.text,
            "Capabilities": list(template.capabilities),
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": KEY} for name, _ in template.secrets
            ],
        }
        is_new = not stacks.describe_stacks()["Stacks"]
        kind = "create" if is_new else "update"
        change_set = stacks.create_change_set(
            **said, ChangeSetName=kind, ChangeSetType=kind.upper()
        )
        stacks.execute_change_set(ChangeSetName=change_set["Id"])
        waiter = stacks.get_waiter(f"stack_{kind}_complete")
        waiter.wait(StackName="cats-dev", WaiterConfig={"Delay": 0.05})
        (stack,) = stacks.describe_stacks(StackName="cats-dev")["Stacks"]
        return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}


@pytest.fixture
def account(aws: FakeAws, tmp_path: Path) -> Account:
    return Account(aws, tmp_path)


def test_an_http_api_before_a_function(account: Account) -> None:
    outputs = account.deploy(
        "[function]\nmemory_mb = 2048\nenvironment = { LEVEL = 'info' }\n"
        "[api]\nroutes = ['POST /predict', '$default']\nstage = 'v1'\n[deploy]\nlog_retention_days = 7\n"
    )
    gateway = account.client("apigatewayv2")
    (api,) = gateway.get_apis()["Items"]
    (integration,) = gateway.get_integrations(ApiId=api["ApiId"])["Items"]
    assert integration["IntegrationUri"] == f"{ARN}:live"
    routes = gateway.get_routes(ApiId=api["ApiId"])["Items"]
    target = f"integrations/{integration['IntegrationId']}"
    assert {(one["RouteKey"], one["Target"]) for one in routes} == {
        ("POST /predict", target),
        ("$default", target),
    }
    assert outputs == {
        "Url": f"https://{api['ApiId']}.execute-api.eu-west-1.amazonaws.com/v1",
        "FunctionName": "cats-dev",
        "AliasArn": f"{ARN}:live",
        "Version": "1",
    }
    said = account.client("lambda").get_function(FunctionName="cats-dev", Qualifier="1")
    config = said["Configuration"]
    assert config["MemorySize"] == 2048
    assert said["Code"]["ImageUri"] == IMAGE.uri
    assert config["Environment"]["Variables"] == {"LEVEL": "info"}
    assert config["Description"] == version_note(made_release())
    (group,) = account.client("logs").describe_log_groups()["logGroups"]
    assert (group["logGroupName"], group["retentionInDays"]) == ("/aws/lambda/cats-dev", 7)


def test_the_role_may_write_that_log_and_nothing_else(account: Account) -> None:
    account.deploy("")
    iam = account.client("iam")
    (role,) = [one for one in iam.list_roles()["Roles"] if "cats-dev" in one["RoleName"]]
    assert iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"] == []
    names = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
    assert names == ["function"]
    policy = iam.get_role_policy(RoleName=role["RoleName"], PolicyName="function")
    said = ast.literal_eval(policy["PolicyDocument"])  # moto's CloudFormation writes it as Python
    group = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/cats-dev"
    assert [
        {**statement, "Resource": statement["Resource"].removesuffix(":*")}  # AWS has it, moto not
        for statement in said["Statement"]
    ] == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": group,
        }
    ]


def test_another_release_is_another_version_and_the_old_one_stays(account: Account) -> None:
    account.deploy("")
    assert account.deploy("", revision="d" * 40)["Version"] == "2"
    functions = account.client("lambda")
    versions = functions.list_versions_by_function(FunctionName="cats-dev")["Versions"]
    notes = {one["Version"]: one["Description"] for one in versions}
    assert notes["1"] == version_note(made_release())
    assert notes["2"] == version_note(made_release(revision="d" * 40))
    alias = functions.get_alias(FunctionName="cats-dev", Name="live")
    assert alias["FunctionVersion"] == "2"


def test_a_rest_api_before_a_function(account: Account) -> None:
    outputs = account.deploy(
        "[api]\ntype = 'rest'\nroutes = ['POST /a/{b}', '/{proxy+}']\n"
        "[api.keys.partner]\nfrom_env = 'PARTNER_KEY'\n"
    )
    gateway = account.client("apigateway")
    (api,) = gateway.get_rest_apis()["items"]
    assert outputs["Url"] == f"https://{api['id']}.execute-api.eu-west-1.amazonaws.com/prod"
    paths = {one["path"]: one for one in gateway.get_resources(restApiId=api["id"])["items"]}
    assert set(paths) == {"/", "/a", "/a/{b}", "/{proxy+}"}
    method = gateway.get_method(
        restApiId=api["id"], resourceId=paths["/a/{b}"]["id"], httpMethod="POST"
    )
    assert method["apiKeyRequired"] is True
    assert method["methodIntegration"]["uri"] == (
        f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{ARN}:live/invocations"
    )


def test_everybody_may_call_a_function_url(account: Account) -> None:
    outputs = account.deploy("[api]\ntype = 'url'\n")
    functions = account.client("lambda")
    url = functions.get_function_url_config(FunctionName="cats-dev", Qualifier="live")
    assert (url["AuthType"], url["FunctionUrl"].rstrip("/")) == ("NONE", outputs["Url"].rstrip("/"))
    policy = json.loads(functions.get_policy(FunctionName="cats-dev", Qualifier="live")["Policy"])
    assert {(one["Action"], json.dumps(one["Principal"])) for one in policy["Statement"]} >= {
        ("lambda:InvokeFunctionUrl", '"*"'),
        ("lambda:InvokeFunction", '"*"'),
    }
