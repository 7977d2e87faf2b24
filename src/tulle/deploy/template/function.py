"""Owns the function in a template: its role, its log group, itself, the version of it and the alias that is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.deploy.names import LIVE
from tulle.deploy.template.resource import (
    Resource,
    Resources,
    attribute,
    content_id,
    reference,
)

if TYPE_CHECKING:
    from tulle.deploy.names import Names
    from tulle.deploy.template.code import Code
    from tulle.project.project import Project

__all__ = [
    "FUNCTION",
    "LIVE_ALIAS",
    "function_properties",
    "function_resources",
    "log_group",
    "role_and_logs",
]

FUNCTION, LIVE_ALIAS = "Function", "Live"
_LOGS, _ROLE = "Logs", "Role"
# A version is a snapshot of all but these: Lambda makes no new one for them.
_NOT_IN_A_VERSION = {"ReservedConcurrentExecutions"}


def function_resources(project: Project, names: Names, code: Code) -> Resources:
    """Describe the function and all that belongs to it alone."""
    function = function_properties(project, names, code)
    version = _version_id(function)
    return {
        **role_and_logs(project, names),
        FUNCTION: {"Type": "AWS::Lambda::Function", "Properties": function},
        version: {
            "Type": "AWS::Lambda::Version",
            # Old versions are what `tulle rollback` goes back to. One that was made in an update that
            # failed must go, or Lambda would not make it again.
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"FunctionName": reference(FUNCTION), "Description": code.note},
        },
        LIVE_ALIAS: {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "FunctionName": reference(FUNCTION),
                "FunctionVersion": attribute(version, "Version"),
                "Name": LIVE,
            },
        },
    }


def role_and_logs(project: Project, names: Names) -> Resources:
    """Describe what a function needs before it is there."""
    return {
        _LOGS: log_group(names.log_group, project.deploy.log_retention_days),
        _ROLE: _role(tracing=project.function.tracing),
    }


def function_properties(project: Project, names: Names, code: Code) -> Resource:
    """Describe the function itself."""
    said = project.function
    properties: Resource = {
        "FunctionName": names.function,
        "Description": code.note,
        **code.properties,
        "Role": attribute(_ROLE, "Arn"),
        "Architectures": [said.architecture],
        "MemorySize": said.memory_mb,
        "Timeout": said.timeout_s,
        "LoggingConfig": {"LogGroup": reference(_LOGS), "LogFormat": "Text"},
    }
    if said.environment:
        properties["Environment"] = {"Variables": dict(said.environment)}
    if said.tracing:
        properties["TracingConfig"] = {"Mode": "Active"}
    if said.reserved_concurrency is not None:
        properties["ReservedConcurrentExecutions"] = said.reserved_concurrency
    return properties


def log_group(name: str, retention_days: int) -> Resource:
    """Describe a log group, which goes with the stack."""
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {"LogGroupName": name, "RetentionInDays": retention_days},
    }


def _role(*, tracing: bool) -> Resource:
    """Describe what the function may do: write its own log, and send traces where it shall.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    """
    statements: list[Resource] = [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": attribute(_LOGS, "Arn"),
        }
    ]
    if tracing:
        statements.append(
            {
                "Effect": "Allow",
                "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
                "Resource": "*",  # X-Ray has no resources to name for them
            }
        )
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    policy = {
        "PolicyName": "function",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
    }
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [policy],
        },
    }


def _version_id(function: Resource) -> str:
    """Name the version after what it is a snapshot of, for CloudFormation makes one only under a new name.

    The function's description is the version's note, so that whatever changes the name changes the function
    too: Lambda refuses a version that would be like the last.
    """
    content = {key: value for key, value in function.items() if key not in _NOT_IN_A_VERSION}
    return content_id("Version", content)
