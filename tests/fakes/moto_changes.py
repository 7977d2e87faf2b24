"""What moto's change sets lack of details: which properties change, from what to what, and what that replaces."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["detail_changes"]

# Properties that cannot change in place, as CloudFormation's resource schemas have it, of what a function's stack has.
_CREATE_ONLY = {
    "AWS::ApiGateway::ApiKey": {"Name", "Value"},
    "AWS::ApiGateway::Stage": {"RestApiId", "StageName"},
    "AWS::ApiGatewayV2::Api": {"ProtocolType"},
    "AWS::ApiGatewayV2::Stage": {"ApiId", "StageName"},
    "AWS::Lambda::Alias": {"FunctionName", "Name"},
    "AWS::Lambda::Function": {"FunctionName", "PackageType"},
    "AWS::Lambda::Url": {"Qualifier", "TargetFunctionArn"},
    "AWS::Logs::LogGroup": {"LogGroupName"},
}
_LATER = "{{changeSet:KNOWN_AFTER_APPLY}}"


def detail_changes(change_set: Any, old: dict[str, Any]) -> None:
    """Say of each change what AWS says of it.

    Args:
        change_set: moto's.
        old: the resources as the stack has them.
    """
    new = change_set.template_dict["Resources"]
    coming = {change.logical_resource_id for change in change_set.changes}
    for change in change_set.changes:
        name = change.logical_resource_id
        if change.action == "Modify":
            change.details = list(_details(old[name], new[name], coming))
            change.replacement = _replacement(change.details)
        elif change.action == "Remove":
            kept = old[name].get("DeletionPolicy", "").startswith("Retain")
            change.policy_action = "Retain" if kept else "Delete"


def _details(old: dict[str, Any], new: dict[str, Any], coming: set[str]) -> list[dict[str, Any]]:
    before, after = old.get("Properties", {}), new.get("Properties", {})
    return [
        {
            "Target": {
                "Attribute": "Properties",
                "Name": name,
                "RequiresRecreation": "Always"
                if name in _CREATE_ONLY.get(new["Type"], ())
                else "Never",
                "Path": f"/Properties/{name}",
                "BeforeValue": _text(before.get(name)),
                "AfterValue": _LATER if _hangs(after.get(name), coming) else _text(after.get(name)),
            },
            "Evaluation": "Dynamic" if _hangs(after.get(name), coming) else "Static",
            "ChangeSource": "DirectModification",
        }
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _replacement(details: list[dict[str, Any]]) -> str:
    recreating = [each for each in details if each["Target"]["RequiresRecreation"] == "Always"]
    if any(each["Evaluation"] == "Static" for each in recreating):
        return "True"
    return "Conditional" if recreating else "False"


def _hangs(value: Any, coming: set[str]) -> bool:
    """Tell whether a value is an attribute of something that is yet to come or to change."""
    if isinstance(value, list):
        return any(_hangs(each, coming) for each in value)
    if not isinstance(value, dict):
        return False
    if "Fn::GetAtt" in value and value["Fn::GetAtt"][0] in coming:
        return True
    return any(_hangs(each, coming) for each in value.values())


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
