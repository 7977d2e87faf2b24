"""Owns a REST API in the words of the Serverless Application Model: the API, and the function's events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.deploy.template.api_keys import api_keys
from tulle.deploy.template.gateway import (
    Gateway,
    access_log_settings,
    access_logs,
    api_url,
    domain_mapping,
)
from tulle.deploy.template.resource import Resource, Resources, reference
from tulle.deploy.template.rest_api import method_id, method_settings, timeout_ms

if TYPE_CHECKING:
    from tulle.deploy.names import Names
    from tulle.project.api import ApiSection
    from tulle.project.project import Project
    from tulle.project.route import Route

__all__ = ["sam_rest_api"]

_API, _STAGE = "RestApi", "RestApi.Stage"


def sam_rest_api(project: Project, names: Names) -> tuple[Gateway, Resource]:
    """Describe the REST API before a function, and the events that it sends."""
    api = project.api
    keys = api_keys(api.keys, api=_API, stage=_STAGE)
    resources: Resources = {
        **access_logs(project, names),
        _API: {"Type": "AWS::Serverless::Api", "Properties": _api(project, names)},
        **keys.resources,
        **domain_mapping(project, api=_API, stage=_STAGE),
    }
    gateway = Gateway(
        resources=resources,
        url=api_url(project, api=_API, stage=api.stage_name),
        keys=keys.ids,
        parameters=keys.parameters,
        secrets=keys.secrets,
    )
    return gateway, {method_id(route): _event(route, api) for route in api.routes}


def _api(project: Project, names: Names) -> Resource:
    api = project.api
    said: dict[str, object] = {
        "Name": names.function,
        "StageName": api.stage_name,
        "EndpointConfiguration": {"Type": "REGIONAL"},
        "OpenApiVersion": "3.0.1",  # without it, SAM makes a second stage
        "BinaryMediaTypes": list(api.binary_media_types),
        "Variables": dict(api.stage_variables),
        "MethodSettings": method_settings(api),
        "AccessLogSetting": access_log_settings(project, route="resourcePath"),
    }
    given = {name: value for name, value in said.items() if value}
    return {**given, "TracingEnabled": project.function.tracing}


def _event(route: Route, api: ApiSection) -> Resource:
    properties: Resource = {
        "RestApiId": reference(_API),
        "Path": route.path,
        "Method": route.method,
        "TimeoutInMillis": timeout_ms(api),
    }
    if route.method != "OPTIONS" and (auth := _auth(api)):
        properties["Auth"] = auth
    return {"Type": "Api", "Properties": properties}


def _auth(api: ApiSection) -> Resource:
    auth: Resource = {}
    if api.authorizer is not None:
        # The API calls the function by itself, not in the caller's name.
        auth |= {"Authorizer": "AWS_IAM", "InvokeRole": "NONE"}
    if api.keys:
        auth["ApiKeyRequired"] = True
    return auth
