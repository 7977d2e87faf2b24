"""Owns a stack's template in the words of the Serverless Application Model, which says the same in fewer of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from tulle.deploy.names import LIVE, name_deployment
from tulle.deploy.template.alarms import alarms
from tulle.deploy.template.function import FUNCTION, function_properties, role_and_logs
from tulle.deploy.template.gateway import Gateway
from tulle.deploy.template.http_api import cors_configuration
from tulle.deploy.template.resource import (
    Resource,
    attribute,
    check_count,
    content_id,
    reference,
)
from tulle.deploy.template.sam_http_api import sam_http_api
from tulle.deploy.template.sam_rest_api import sam_rest_api
from tulle.deploy.template.template import Template, stack_outputs, template_head
from tulle.project.api import ApiType

if TYPE_CHECKING:
    from tulle.deploy.names import Names
    from tulle.deploy.template.code import Code
    from tulle.project.api import ApiSection
    from tulle.project.project import Project

__all__ = ["sam_template_of"]


def sam_template_of(project: Project, stage: str, code: Code) -> Template:
    """Write the template that `sam deploy` takes, for code that may be named later.

    Raises:
        InvalidStage: the stage cannot stand in the names of AWS's things.
        InvalidProject: it has more routes than fit into a stack.
    """
    names = name_deployment(project.name, stage)
    gateway, events = _gateway(project, names)
    function = _function(project, names, code)
    if events:
        function["Events"] = events
    if project.api.type is ApiType.URL:
        function["FunctionUrlConfig"] = _url(project.api)
    parameters = {**code.parameters, **(gateway.parameters or {})}
    outputs = stack_outputs(
        gateway,
        alias=reference(f"{FUNCTION}.Alias"),
        version=attribute(f"{FUNCTION}.Version", "Version"),
    )
    resources = {
        **role_and_logs(project, names),
        FUNCTION: {"Type": "AWS::Serverless::Function", "Properties": function},
        **gateway.resources,
        **alarms(project.deploy.alarms),
    }
    check_count(len(resources) + len(events))  # for each event, SAM makes a permission
    return Template(
        body={
            **template_head(project, stage),
            "Transform": "AWS::Serverless-2016-10-31",
            **({"Parameters": parameters} if parameters else {}),
            "Resources": resources,
            "Outputs": outputs,
        },
        secrets=gateway.secrets,
    )


def _function(project: Project, names: Names, code: Code) -> Resource:
    """Say of the function what CloudFormation is told, and that each change is a version."""
    said = function_properties(project, names, code)
    # SAM makes a version for any change, Lambda only where the function is changed: by this, it always is.
    note, settings = code.note, content_id("settings=", said)
    described = f"{note} {settings}" if isinstance(note, str) else _joined(note, settings)
    place = said.pop("Code")
    assert isinstance(place, dict)  # noqa: S101 (for the type alone)
    is_image = "ImageUri" in place
    tracing = {"Tracing": "Active"} if said.pop("TracingConfig", None) else {}
    return {
        **said,
        "Description": described,
        **(
            place if is_image else {"CodeUri": {"Bucket": place["S3Bucket"], "Key": place["S3Key"]}}
        ),
        **tracing,
        "AutoPublishAlias": LIVE,
        "AutoPublishAliasAllProperties": True,
        "VersionDescription": note,
    }


def _joined(note: object, settings: str) -> Resource:
    return {"Fn::Join": [" ", [note, settings]]}


def _url(api: ApiSection) -> Resource:
    url: Resource = {"AuthType": "NONE" if api.authorizer is None else "AWS_IAM"}
    if api.cors is not None:
        url["Cors"] = cors_configuration(api.cors)
    return url


def _gateway(project: Project, names: Names) -> tuple[Gateway, Resource]:
    match project.api.type:
        case ApiType.HTTP:
            return sam_http_api(project, names)
        case ApiType.REST:
            return sam_rest_api(project, names)
        case ApiType.URL:
            url = attribute(f"{FUNCTION}Url", "FunctionUrl")
            return Gateway(resources={}, url=url), {}
        case ApiType.NONE:
            return Gateway(resources={}), {}
        case other:
            assert_never(other)
