"""Owns knowing AWS's own base images by their names."""

from __future__ import annotations

__all__ = ["is_aws_base"]

# AWS Lambda Developer Guide, "Deploy Python Lambda functions with container images".
_AWS = ("public.ecr.aws/lambda/python", "amazon/aws-lambda-python")


def is_aws_base(name: str | None) -> bool:
    """Say whether a base has AWS's entrypoint and SDK; None is the default base, which has."""
    if name is None:
        return True
    repository = name.partition("@")[0].removeprefix("docker.io/")
    return any(repository == own or repository.startswith(f"{own}:") for own in _AWS)
