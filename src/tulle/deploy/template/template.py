"""Owns `Template`: all of a stack as CloudFormation is told it, from a project, a stage and a release alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from tulle.deploy.names import name_deployment
from tulle.deploy.template.alarms import alarms
from tulle.deploy.template.code import released_code
from tulle.deploy.template.function import (
    FUNCTION,
    LIVE_ALIAS,
    function_resources,
)
from tulle.deploy.template.function_url import function_url
from tulle.deploy.template.gateway import Gateway
from tulle.deploy.template.http_api import http_api
from tulle.deploy.template.resource import (
    Resource,
    Resources,
    attribute,
    check_count,
    compact_json,
    reference,
    substitute,
)
from tulle.deploy.template.rest_api import rest_api
from tulle.project.api import ApiType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tulle.deploy.names import Names
    from tulle.deploy.release import Release
    from tulle.deploy.template.code import Code
    from tulle.project.project import Project

__all__ = ["Template", "make_template", "stack_outputs", "template_head", "template_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A stack's template, and what must be said beside it.

    Attributes:
        body: what it holds.
        secrets: each parameter that is secret, with the environment variable that holds its value.
        tags: what the stack and all in it are marked with.
        capabilities: what CloudFormation must be allowed.
    """

    body: Mapping[str, object]
    secrets: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    capabilities: tuple[str, ...] = ("CAPABILITY_IAM",)

    @property
    def text(self) -> str:
        """The template as JSON, the same to the byte for the same project, stage and release."""
        return compact_json(self.body)


def make_template(project: Project, stage: str, release: Release) -> Template:
    """Write the template of a stage's stack.

    Args:
        project: as it is in that stage.
        stage: the deployment's name.
        release: the code that shall be live.

    Raises:
        InvalidStage: the stage cannot stand in the names of AWS's things.
        InvalidProject: it has more routes than fit into a stack.
    """
    return template_of(project, stage, released_code(release))


def template_of(project: Project, stage: str, code: Code) -> Template:
    """Write the template of a stage's stack for code that may be named later."""
    names = name_deployment(project.name, stage)
    function = function_resources(project, names, code)
    version = next(name for name in function if name.startswith("Version"))
    gateway = _gateway(project, names)
    parameters = {**code.parameters, **(gateway.parameters or {})}
    resources = {**function, **gateway.resources, **alarms(project.deploy.alarms)}
    check_count(len(resources))
    outputs = stack_outputs(
        gateway, alias=reference(LIVE_ALIAS), version=attribute(version, "Version")
    )
    return Template(
        body={
            **template_head(project, stage),
            **({"Parameters": parameters} if parameters else {}),
            "Resources": resources,
            "Outputs": outputs,
        },
        secrets=gateway.secrets,
        tags=(("tulle:project", project.name), ("tulle:stage", stage)),
    )


def template_head(project: Project, stage: str) -> Resource:
    """Begin a template."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{project.name}, stage {stage}: an image classifier, deployed by tulle.",
    }


def stack_outputs(gateway: Gateway, *, alias: Resource, version: Resource) -> Resources:
    """Describe what a stack tells of itself."""
    outputs: Resources = {}
    if gateway.url is not None:
        outputs["Url"] = {"Description": "The endpoint's root.", "Value": gateway.url}
    outputs |= {
        "FunctionName": {"Value": reference(FUNCTION)},
        "AliasArn": {"Description": "What callers reach.", "Value": alias},
        "Version": {"Description": "The version that is live.", "Value": version},
    }
    if gateway.keys:
        ids = ",".join(f"{name}=${{{key}}}" for name, key in gateway.keys)
        outputs["ApiKeyIds"] = {"Description": "NAME=ID of each key.", "Value": substitute(ids)}
    return outputs


def _gateway(project: Project, names: Names) -> Gateway:
    match project.api.type:
        case ApiType.HTTP:
            return http_api(project, names)
        case ApiType.REST:
            return rest_api(project, names)
        case ApiType.URL:
            return function_url(project)
        case ApiType.NONE:
            return Gateway(resources={})
        case other:
            assert_never(other)
