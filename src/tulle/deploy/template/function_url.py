"""Owns a function URL in a template, and both permissions that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.deploy.names import LIVE
from tulle.deploy.template.function import FUNCTION, LIVE_ALIAS
from tulle.deploy.template.gateway import Gateway
from tulle.deploy.template.http_api import cors_configuration
from tulle.deploy.template.resource import Resource, Resources, attribute, reference

if TYPE_CHECKING:
    from tulle.project.project import Project

__all__ = ["function_url"]

_URL = "Url"


def function_url(project: Project) -> Gateway:
    """Describe the URL of a function's live version.

    With IAM, callers of the account need what their own policies allow, and no permission here:
    https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    api = project.api
    properties: Resource = {
        "TargetFunctionArn": reference(FUNCTION),
        "Qualifier": LIVE,
        "AuthType": "NONE" if api.authorizer is None else "AWS_IAM",
    }
    if api.cors is not None:
        properties["Cors"] = cors_configuration(api.cors)
    url: Resource = {
        "Type": "AWS::Lambda::Url",
        "DependsOn": [LIVE_ALIAS],  # which it names, and does not refer to
        "Properties": properties,
    }
    permissions = {} if api.authorizer else _everybody()
    return Gateway(resources={_URL: url, **permissions}, url=attribute(_URL, "FunctionUrl"))


def _everybody() -> Resources:
    """Let everybody through; since October 2025 the second permission is needed too."""
    return {
        "UrlMayBeCalled": _permission(
            {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}
        ),
        "UrlMayInvoke": _permission(
            {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True}
        ),
    }


def _permission(said: dict[str, object]) -> Resource:
    properties = {"FunctionName": reference(LIVE_ALIAS), "Principal": "*", **said}
    return {"Type": "AWS::Lambda::Permission", "Properties": properties}
