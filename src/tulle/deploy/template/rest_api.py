"""Owns a REST API in a template: its tree of paths, methods, the snapshot of them that a stage serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.deploy.template.api_keys import api_keys
from tulle.deploy.template.function import LIVE_ALIAS
from tulle.deploy.template.gateway import (
    Gateway,
    access_log_settings,
    access_logs,
    api_url,
    domain_mapping,
    may_invoke,
    throttle_settings,
)
from tulle.deploy.template.resource import (
    Resource,
    Resources,
    attribute,
    content_id,
    logical_id,
    reference,
    substitute,
)
from tulle.deploy.template.rest_paths import path_id, path_parts

if TYPE_CHECKING:
    from tulle.deploy.names import Names
    from tulle.project.api import ApiSection, Throttle
    from tulle.project.project import Project
    from tulle.project.route import Route

__all__ = ["method_id", "method_settings", "rest_api", "timeout_ms"]

_API, _STAGE = "RestApi", "RestStage"
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_TIMEOUT_S = 29.0  # what AWS allows unless asked


def rest_api(project: Project, names: Names) -> Gateway:
    """Describe the REST API before a function."""
    api = project.api
    methods = {method_id(route): _method(route, api) for route in api.routes}
    content: Resources = {_API: _api(api, names), **_paths(api), **methods}
    deployment = content_id("RestDeployment", content)
    keys = api_keys(api.keys, api=_API, stage=_STAGE)
    resources: Resources = {
        **content,
        deployment: {
            "Type": "AWS::ApiGateway::Deployment",
            "DependsOn": list(methods),
            "Properties": {"RestApiId": reference(_API)},
        },
        **access_logs(project, names),
        _STAGE: _stage(project, deployment),
        "RestApiMayInvoke": may_invoke(_API),
        **keys.resources,
        **domain_mapping(project, api=_API, stage=_STAGE),
    }
    return Gateway(
        resources=resources,
        url=api_url(project, api=_API, stage=api.stage_name),
        keys=keys.ids,
        parameters=keys.parameters,
        secrets=keys.secrets,
    )


def method_settings(api: ApiSection) -> list[Resource]:
    """Bound the requests of all methods, and of single ones.

    A setting cannot name `ANY`: it is refused when it is applied, so each method gets one that no other route of
    the path has (github.com/hashicorp/terraform-provider-aws/issues/15855).
    """
    settings: list[Resource] = []
    if default := throttle_settings(api.throttle):
        settings.append({"HttpMethod": "*", "ResourcePath": "/*", **default})
    for key, throttle in api.route_throttle:
        method, path = key.split(" ")
        own = {route.method for route in api.routes if route.path == path}
        methods = [method] if method != "ANY" else [one for one in _METHODS if one not in own]
        settings += [_method_setting(one, path, throttle) for one in methods]
    return settings


def method_id(route: Route) -> str:
    """Name a method's resource."""
    return logical_id(f"Method{route.method.capitalize()}", route.path)


def timeout_ms(api: ApiSection) -> int:
    """Tell how long the API waits for the function."""
    return round((_TIMEOUT_S if api.timeout_s is None else api.timeout_s) * 1000)


def _method_setting(method: str, path: str, throttle: Throttle) -> Resource:
    return {
        "HttpMethod": method,
        "ResourcePath": path if path == "/" else "/" + path.replace("/", "~1"),
        "ThrottlingRateLimit": throttle.rate,
        "ThrottlingBurstLimit": throttle.burst,
    }


def _api(api: ApiSection, names: Names) -> Resource:
    properties: Resource = {
        "Name": names.function,
        "EndpointConfiguration": {"Types": ["REGIONAL"]},
    }
    if api.binary_media_types:
        properties["BinaryMediaTypes"] = list(api.binary_media_types)
    return {"Type": "AWS::ApiGateway::RestApi", "Properties": properties}


def _paths(api: ApiSection) -> Resources:
    return {
        path_id(one.path): {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {
                "RestApiId": reference(_API),
                "ParentId": _resource_id(one.above),
                "PathPart": one.part,
            },
        }
        for one in path_parts(api.routes)
    }


def _resource_id(path: str) -> Resource:
    return attribute(_API, "RootResourceId") if path == "/" else reference(path_id(path))


def _method(route: Route, api: ApiSection) -> Resource:
    is_open = route.method == "OPTIONS"  # browsers show nothing with a preflight
    lambda_api = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31"
    properties: Resource = {
        "RestApiId": reference(_API),
        "ResourceId": _resource_id(route.path),
        "HttpMethod": route.method,
        "AuthorizationType": "AWS_IAM" if api.authorizer and not is_open else "NONE",
        "ApiKeyRequired": bool(api.keys) and not is_open,
        "Integration": {
            "Type": "AWS_PROXY",
            "IntegrationHttpMethod": "POST",
            "Uri": substitute(f"{lambda_api}/functions/${{{LIVE_ALIAS}}}/invocations"),
            "TimeoutInMillis": timeout_ms(api),
        },
    }
    return {"Type": "AWS::ApiGateway::Method", "Properties": properties}


def _stage(project: Project, deployment: str) -> Resource:
    api = project.api
    properties: Resource = {
        "RestApiId": reference(_API),
        "DeploymentId": reference(deployment),
        "StageName": api.stage_name,
        "TracingEnabled": project.function.tracing,
    }
    if settings := method_settings(api):
        properties["MethodSettings"] = settings
    if api.stage_variables:
        properties["Variables"] = dict(api.stage_variables)
    if logging := access_log_settings(project, route="resourcePath"):
        properties["AccessLogSetting"] = logging
    return {"Type": "AWS::ApiGateway::Stage", "Properties": properties}
