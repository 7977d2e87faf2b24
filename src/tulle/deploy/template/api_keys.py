"""Owns the API keys of a REST API in a template, each with a usage plan of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.deploy.template.resource import Resource, Resources, logical_id, reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tulle.project.api import ApiKey

__all__ = ["ApiKeys", "api_keys"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeys:
    """What a template says of keys; their values never stand in it.

    Args:
        ids: each key's name, and its logical id.
        secrets: the parameters that hold a key, with the environment variable that it comes from.
    """

    resources: Resources
    ids: tuple[tuple[str, str], ...]
    parameters: Resources
    secrets: tuple[tuple[str, str], ...]


def api_keys(keys: Iterable[ApiKey], *, api: str, stage: str) -> ApiKeys:
    """Describe the keys of an API's stage."""
    resources: Resources = {}
    ids: list[tuple[str, str]] = []
    secrets: list[tuple[str, str]] = []
    for key in keys:
        name, plan = logical_id("Key", key.name), logical_id("Plan", key.name)
        resources[name] = _key(key, name)
        resources[plan] = _plan(key, api, stage)
        resources[logical_id("PlanKey", key.name)] = _plan_key(name, plan)
        ids.append((key.name, name))
        if key.from_env is not None:
            secrets.append((f"{name}Value", key.from_env))
    return ApiKeys(
        resources=resources,
        ids=tuple(ids),
        parameters={name: _secret(variable) for name, variable in secrets},
        secrets=tuple(secrets),
    )


def _key(key: ApiKey, name: str) -> Resource:
    # Without a name of its own, for CloudFormation replaces nothing that has one, and another value is
    # another key.
    properties: Resource = {"Description": key.name, "Enabled": True}
    if key.from_env is not None:
        properties["Value"] = reference(f"{name}Value")
    return {"Type": "AWS::ApiGateway::ApiKey", "Properties": properties}


def _plan(key: ApiKey, api: str, stage: str) -> Resource:
    properties: Resource = {
        "Description": f"What the key {key.name} may do.",
        "ApiStages": [{"ApiId": reference(api), "Stage": reference(stage)}],
    }
    if key.throttle is not None:
        properties["Throttle"] = {
            "RateLimit": key.throttle.rate,
            "BurstLimit": key.throttle.burst,
        }
    if key.quota is not None:
        properties["Quota"] = {
            "Limit": key.quota.limit,
            "Period": key.quota.period.upper(),
        }
    return {"Type": "AWS::ApiGateway::UsagePlan", "Properties": properties}


def _plan_key(key: str, plan: str) -> Resource:
    return {
        "Type": "AWS::ApiGateway::UsagePlanKey",
        "Properties": {
            "KeyId": reference(key),
            "KeyType": "API_KEY",
            "UsagePlanId": reference(plan),
        },
    }


def _secret(variable: str) -> Resource:
    return {
        "Type": "String",
        "NoEcho": True,
        "MinLength": 20,
        "MaxLength": 128,
        "Description": f"The key of the environment variable {variable}.",
    }
