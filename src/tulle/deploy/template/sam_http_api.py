"""Owns an HTTP API in the words of the Serverless Application Model: the API, and the function's events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.deploy.template.gateway import (
    Gateway,
    access_log_settings,
    access_logs,
    api_url,
    domain_mapping,
    throttle_settings,
)
from tulle.deploy.template.http_api import cors_configuration, preflight_routes, route_id
from tulle.deploy.template.resource import Resource, Resources, reference

if TYPE_CHECKING:
    from tulle.deploy.names import Names
    from tulle.project.api import ApiSection
    from tulle.project.project import Project
    from tulle.project.route import Route

__all__ = ["sam_http_api"]

_API, _STAGE, _AUTHORIZER = "HttpApi", "HttpApi.Stage", "Jwt"


def sam_http_api(project: Project, names: Names) -> tuple[Gateway, Resource]:
    """Describe the HTTP API before a function, and the events that it sends."""
    api = project.api
    resources: Resources = {
        **access_logs(project, names),
        _API: {"Type": "AWS::Serverless::HttpApi", "Properties": _api(project, names)},
        **domain_mapping(project, api=_API, stage=_STAGE),
    }
    events: Resource = {route_id(route): _event(route, api) for route in api.routes}
    opened = {route_id(route): _open_event(route, api) for route in preflight_routes(api)}
    stage = "" if api.stage is None else api.stage
    gateway = Gateway(resources=resources, url=api_url(project, api=_API, stage=stage))
    return gateway, {**events, **opened}


def _api(project: Project, names: Names) -> Resource:
    api = project.api
    said: dict[str, object] = {
        "Name": names.function,
        "StageName": api.stage_name,
        "StageVariables": dict(api.stage_variables),
        "CorsConfiguration": api.cors and cors_configuration(api.cors),
        "DefaultRouteSettings": throttle_settings(api.throttle),
        "AccessLogSettings": access_log_settings(project, route="routeKey"),
        "Auth": _authorizers(api),
    }
    return {name: value for name, value in said.items() if value}


def _authorizers(api: ApiSection) -> Resource:
    if api.jwt is not None:
        authorizer: Resource = {
            "IdentitySource": "$request.header.Authorization",
            "JwtConfiguration": {"issuer": api.jwt.issuer, "audience": list(api.jwt.audience)},
        }
        if api.jwt.scopes:
            authorizer["AuthorizationScopes"] = list(api.jwt.scopes)
        return {"Authorizers": {_AUTHORIZER: authorizer}}
    return {"EnableIamAuthorizer": True} if api.authorizer else {}


def _event(route: Route, api: ApiSection) -> Resource:
    event = _open_event(route, api)
    properties = event["Properties"]
    assert isinstance(properties, dict)  # noqa: S101 (for the type alone)
    if route.method != "OPTIONS" and api.jwt is not None:
        properties["Auth"] = {"Authorizer": _AUTHORIZER}
    elif route.method != "OPTIONS" and api.authorizer is not None:
        properties["Auth"] = {"Authorizer": "AWS_IAM"}
    for key, throttle in api.route_throttle:
        if key == route.key:
            properties["RouteSettings"] = {
                "ThrottlingRateLimit": throttle.rate,
                "ThrottlingBurstLimit": throttle.burst,
            }
    return event


def _open_event(route: Route, api: ApiSection) -> Resource:
    properties: Resource = {"ApiId": reference(_API)}
    if not route.is_default:  # which is meant by saying neither
        properties |= {"Path": route.path, "Method": route.method}
    if api.timeout_s is not None:
        properties["TimeoutInMillis"] = round(api.timeout_s * 1000)
    return {"Type": "HttpApi", "Properties": properties}
