"""Owns the errors about deployments: their names, their stacks, and what became of them."""

from __future__ import annotations

from tulle.errors.aws import AwsError

__all__ = [
    "DeploymentFailed",
    "DeploymentNotFound",
    "ForeignResource",
    "FunctionFailed",
    "FunctionUnready",
    "ReplacementNotAllowed",
    "SmokeTestFailed",
    "StackBusy",
    "StackStuck",
]


class DeploymentFailed(AwsError):
    """CloudFormation did not bring a stack to what it should be."""

    code = "deployment-failed"


class DeploymentNotFound(AwsError):
    """Nothing is deployed under a name, or what was deployed lacks what is asked for."""

    code = "deployment-not-found"


class ForeignResource(AwsError):
    """A thing of the name that tulle would take is there, and tulle did not make it."""

    code = "foreign-resource"


class FunctionFailed(AwsError):
    """A deployed function was asked, and failed or answered with an error."""

    code = "function-failed"


class FunctionUnready(AwsError):
    """A function is there and cannot be invoked for now."""

    code = "function-unready"


class ReplacementNotAllowed(AwsError):
    """A deployment would take away what callers or records depend on, and nobody agreed to that."""

    code = "replacement-not-allowed"


class StackBusy(AwsError):
    """Another operation on a stack is under way."""

    code = "stack-busy"


class StackStuck(AwsError):
    """A stack is in a state that it does not leave by itself."""

    code = "stack-stuck"


class SmokeTestFailed(AwsError):
    """A deployed function does not answer a real picture as it should."""

    code = "smoke-test-failed"
