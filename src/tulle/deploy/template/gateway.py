"""Owns what HTTP APIs and REST APIs have in common in a template: permission, access logs, a custom domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.deploy.template.function import LIVE_ALIAS, log_group
from tulle.deploy.template.resource import (
    Resource,
    Resources,
    compact_json,
    reference,
    substitute,
)
from tulle.project.api import Throttle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tulle.deploy.names import Names
    from tulle.project.project import Project

__all__ = [
    "Gateway",
    "access_log_settings",
    "access_logs",
    "api_url",
    "domain_mapping",
    "may_invoke",
    "throttle_settings",
]

_ACCESS_LOGS = "AccessLogs"
_ACCOUNT_THROTTLE = Throttle()
_HTTPS = "https://"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """What stands before a function in a template.

    Args:
        url: the endpoint's root, with the stage; None where there is none.
        keys: each API key's name, and its logical id.
        parameters: what the template is given when it is deployed.
        secrets: the parameters that are secret, each with the environment variable that holds it.
    """

    resources: Resources
    url: object = None
    keys: tuple[tuple[str, str], ...] = ()
    parameters: Mapping[str, Resource] | None = None
    secrets: tuple[tuple[str, str], ...] = ()


def may_invoke(api: str) -> Resource:
    """Let an API call the function, whatever the stage, the method and the path."""
    place = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}"
    return {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": reference(LIVE_ALIAS),
            "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": substitute(f"{place}:${{{api}}}/*/*"),
        },
    }


def access_logs(project: Project, names: Names) -> Resources:
    """Describe the log group of the gateway's own log, where one is wanted.

    AWS lets services write under this prefix without a policy that grows with each log group:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-CloudWatchLogs.html
    """
    if not project.api.access_logs:
        return {}
    name = f"/aws/vendedlogs/apis/{names.function}"
    return {_ACCESS_LOGS: log_group(name, project.deploy.log_retention_days)}


def access_log_settings(project: Project, *, route: str) -> Resource | None:
    """Say where a stage logs its requests, and what of them: nothing of queries, headers or bodies.

    Args:
        project: whether it wants that.
        route: the context variable that names the route.
    """
    if not project.api.access_logs:
        return None
    place = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group"
    fields = {
        "requestId": "requestId",
        "time": "requestTime",
        "ip": "identity.sourceIp",
        "method": "httpMethod",
        "route": route,
        "status": "status",
        "responseLength": "responseLength",
        "responseLatencyMs": "responseLatency",
        "functionLatencyMs": "integrationLatency",
        "error": "error.message",
    }
    return {
        "DestinationArn": substitute(f"{place}:${{{_ACCESS_LOGS}}}"),
        "Format": compact_json({name: f"$context.{what}" for name, what in fields.items()}),
    }


def throttle_settings(throttle: Throttle) -> Resource:
    """Bound the requests of a route; nothing where the account's own bound is meant."""
    if throttle == _ACCOUNT_THROTTLE:
        return {}
    return {"ThrottlingRateLimit": throttle.rate, "ThrottlingBurstLimit": throttle.burst}


def domain_mapping(project: Project, *, api: str, stage: str) -> Resources:
    """Tie an API to a custom domain, where one is named."""
    said = project.api
    if said.domain is None:
        return {}
    path = said.base_path.strip("/") if said.base_path else None
    properties: Resource = {
        "DomainName": said.domain,
        "ApiId": reference(api),
        "Stage": reference(stage),
    }
    if path:
        properties["ApiMappingKey"] = path
    return {"DomainMapping": {"Type": "AWS::ApiGatewayV2::ApiMapping", "Properties": properties}}


def api_url(project: Project, *, api: str, stage: str) -> object:
    """Name an API's root: at the custom domain where there is one, else at AWS's with the stage.

    Args:
        project: what may name a domain.
        api: the API's logical id.
        stage: the stage as it stands in URLs; empty for an HTTP API's `$default`.
    """
    said = project.api
    if said.domain is not None:
        path = said.base_path.strip("/") if said.base_path else ""
        return f"{_HTTPS}{said.domain}/{path}".rstrip("/")
    host = f"${{{api}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}"
    return substitute(f"{_HTTPS}{host}/{stage}".rstrip("/"))
