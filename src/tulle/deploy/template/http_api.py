"""Owns an HTTP API in a template: routes, their one integration, the stage, and who may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from tulle.deploy.template.resource import Resource, Resources, logical_id, reference, substitute
from tulle.project.route import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.deploy.names import Names
    from tulle.project.api import ApiSection, Cors
    from tulle.project.project import Project

__all__ = ["cors_configuration", "http_api", "preflight_routes", "route_id"]

_API, _INTEGRATION, _STAGE, _AUTHORIZER = "HttpApi", "HttpIntegration", "HttpStage", "Authorizer"


def http_api(project: Project, names: Names) -> Gateway:
    """Describe the HTTP API before a function."""
    api = project.api
    routes = {route_id(route): _route(route, api) for route in api.routes}
    opened = {route_id(route): _open_route(route) for route in preflight_routes(api)}
    resources: Resources = {
        _API: _api(api, names),
        _INTEGRATION: _integration(api),
        **_authorizer(api),
        **routes,
        **opened,
        **access_logs(project, names),
        _STAGE: _stage(project, depends_on=[*routes, *opened]),
        "HttpApiMayInvoke": may_invoke(_API),
        **domain_mapping(project, api=_API, stage=_STAGE),
    }
    stage = "" if api.stage is None else api.stage
    return Gateway(resources=resources, url=api_url(project, api=_API, stage=stage))


def preflight_routes(api: ApiSection) -> Iterator[Route]:
    """List the routes that an API with an authoriser needs so that browsers' preflights pass it.

    The API answers a preflight by itself, unless a route that takes it wants to see a token first:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
    """
    if api.cors is None or (api.authorizer is None and api.jwt is None):
        return
    paths: dict[str, None] = {}
    for route in api.routes:
        if route.is_default:
            paths |= {"/": None, "/{proxy+}": None}
        elif route.method == "ANY":
            paths[route.path] = None
    taken = {route.shape for route in api.routes if route.method == "OPTIONS"}
    for path in paths:
        route = Route(method="OPTIONS", path=path)
        if route.shape not in taken:
            taken.add(route.shape)
            yield route


def cors_configuration(cors: Cors) -> Resource:
    """Say which pages may call, as HTTP APIs and function URLs alike are told."""
    said: dict[str, object] = {
        "AllowOrigins": list(cors.allow_origins),
        "AllowMethods": list(cors.allow_methods),
        "AllowHeaders": list(cors.allow_headers),
        "ExposeHeaders": list(cors.expose_headers),
        "MaxAge": cors.max_age_s,
        "AllowCredentials": cors.allow_credentials or None,
    }
    return {name: value for name, value in said.items() if value not in (None, [])}


def route_id(route: Route) -> str:
    """Name a route's resource."""
    if route.is_default:
        return "RouteDefault"
    return logical_id(f"Route{route.method.capitalize()}", route.path)


def _api(api: ApiSection, names: Names) -> Resource:
    properties: Resource = {"Name": names.function, "ProtocolType": "HTTP"}
    if api.cors is not None:
        properties["CorsConfiguration"] = cors_configuration(api.cors)
    return {"Type": "AWS::ApiGatewayV2::Api", "Properties": properties}


def _integration(api: ApiSection) -> Resource:
    properties: Resource = {
        "ApiId": reference(_API),
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": reference(LIVE_ALIAS),
        "PayloadFormatVersion": "2.0",
    }
    if api.timeout_s is not None:
        properties["TimeoutInMillis"] = round(api.timeout_s * 1000)
    return {"Type": "AWS::ApiGatewayV2::Integration", "Properties": properties}


def _authorizer(api: ApiSection) -> Resources:
    if api.jwt is None:
        return {}
    properties: Resource = {
        "ApiId": reference(_API),
        "AuthorizerType": "JWT",
        "Name": "jwt",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": {"Issuer": api.jwt.issuer, "Audience": list(api.jwt.audience)},
    }
    return {_AUTHORIZER: {"Type": "AWS::ApiGatewayV2::Authorizer", "Properties": properties}}


def _route(route: Route, api: ApiSection) -> Resource:
    described = _open_route(route)
    properties = described["Properties"]
    assert isinstance(properties, dict)  # noqa: S101 (for the type alone)
    if route.method == "OPTIONS":
        return described
    if api.jwt is not None:
        properties |= {"AuthorizationType": "JWT", "AuthorizerId": reference(_AUTHORIZER)}
        if api.jwt.scopes:
            properties["AuthorizationScopes"] = list(api.jwt.scopes)
    elif api.authorizer is not None:
        properties["AuthorizationType"] = "AWS_IAM"
    return described


def _open_route(route: Route) -> Resource:
    return {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {
            "ApiId": reference(_API),
            "RouteKey": route.key,
            "Target": substitute(f"integrations/${{{_INTEGRATION}}}"),
        },
    }


def _stage(project: Project, *, depends_on: list[str]) -> Resource:
    api = project.api
    properties: Resource = {
        "ApiId": reference(_API),
        "StageName": api.stage_name,
        "AutoDeploy": True,
    }
    if default := throttle_settings(api.throttle):
        properties["DefaultRouteSettings"] = default
    if api.route_throttle:
        properties["RouteSettings"] = {
            key: {"ThrottlingRateLimit": throttle.rate, "ThrottlingBurstLimit": throttle.burst}
            for key, throttle in api.route_throttle
        }
    if api.stage_variables:
        properties["StageVariables"] = dict(api.stage_variables)
    if settings := access_log_settings(project, route="routeKey"):
        properties["AccessLogSettings"] = settings
    return {
        "Type": "AWS::ApiGatewayV2::Stage",
        # Settings of single routes are refused until these are there.
        "DependsOn": depends_on,
        "Properties": properties,
    }
