"""Owns `Repositories`: Amazon's image registry, as far as tulle asks it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tulle.aws.failure import code_of, translated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mypy_boto3_ecr import ECRClient

    from tulle.aws.session import AwsSession

__all__ = ["ImageRepository", "RegistryLogin", "Repositories", "StoredImage"]

_UNTAGGED_DAYS = 14

# Lambda fetches an image when a function is made, and again later. AWS Lambda Developer Guide, "Create a Lambda
# function using a container image", "Amazon ECR permissions".
_LAMBDA_STATEMENT = {
    "Sid": "LambdaECRImageRetrievalPolicy",
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRepository:
    """A repository in ECR.

    Args:
        name: within its registry.
        uri: with the registry's host before the name.
        tags: what it is tagged with on AWS.
    """

    name: str
    uri: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """An image in a repository.

    Args:
        digest: of its manifest.
        tags: what else it is called.
        size_bytes: of its layers, compressed, as they are paid for; 0 where AWS does not say.
        pushed_at: when it came.
    """

    digest: str
    tags: tuple[str, ...]
    size_bytes: int
    pushed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryLogin:
    """Who somebody is to the account's registry, for twelve hours."""

    username: str
    password: str = field(repr=False)


class Repositories:
    """Asks ECR about the repositories of an account in a region."""

    def __init__(self, session: AwsSession) -> None:
        self._client: ECRClient = session.ecr()

    def find(self, name: str) -> ImageRepository | None:
        """Look a repository up; None if there is none of that name."""
        with translated("ecr"):
            try:
                found = self._client.describe_repositories(repositoryNames=[name])
            except ClientError as exc:
                if code_of(exc) == "RepositoryNotFoundException":
                    return None
                raise
            repository = found["repositories"][0]
            tags = self._client.list_tags_for_resource(resourceArn=repository["repositoryArn"])
        return ImageRepository(
            name=repository["repositoryName"],
            uri=repository["repositoryUri"],
            tags={tag["Key"]: tag["Value"] for tag in tags["tags"]},
        )

    def create(self, name: str, tags: Mapping[str, str]) -> ImageRepository | None:
        """Make a repository that scans what comes, is encrypted, and moves no tag; None if there is one of that name.

        Args:
            name: what it shall be called.
            tags: what it shall be tagged with.
        """
        with translated("ecr"):
            try:
                made = self._client.create_repository(
                    repositoryName=name,
                    imageScanningConfiguration={"scanOnPush": True},
                    imageTagMutability="IMMUTABLE",
                    encryptionConfiguration={"encryptionType": "AES256"},
                    tags=[{"Key": key, "Value": value} for key, value in tags.items()],
                )
            except ClientError as exc:
                if code_of(exc) == "RepositoryAlreadyExistsException":
                    return None
                raise
        return ImageRepository(name=name, uri=made["repository"]["repositoryUri"], tags=dict(tags))

    def open_to_lambda(self, name: str) -> None:
        """Let Lambda fetch a repository's images; what else its policy says stays."""
        with translated("ecr"):
            try:
                text = self._client.get_repository_policy(repositoryName=name)["policyText"]
            except ClientError as exc:
                if code_of(exc) != "RepositoryPolicyNotFoundException":
                    raise
                text = '{"Version": "2012-10-17", "Statement": []}'
            policy = json.loads(text)
            said = (
                policy["Statement"]
                if isinstance(policy["Statement"], list)
                else [policy["Statement"]]
            )
            if _LAMBDA_STATEMENT in said:
                return
            others = [each for each in said if each.get("Sid") != _LAMBDA_STATEMENT["Sid"]]
            policy["Statement"] = [*others, _LAMBDA_STATEMENT]
            self._client.set_repository_policy(repositoryName=name, policyText=json.dumps(policy))

    def expire_images(self, name: str, *, beyond: int) -> None:
        """Have ECR delete old images by itself: those beyond a number, and untagged ones after two weeks.

        Args:
            name: the repository's.
            beyond: how many of the newest images stay.
        """
        untagged = {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": _UNTAGGED_DAYS,
        }
        old = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": beyond}
        rules = [
            {"rulePriority": number, "selection": selection, "action": {"type": "expire"}}
            for number, selection in enumerate((untagged, old), 1)
        ]
        with translated("ecr"):
            self._client.put_lifecycle_policy(
                repositoryName=name, lifecyclePolicyText=json.dumps({"rules": rules})
            )

    def images(self, name: str) -> tuple[StoredImage, ...]:
        """List a repository's images, the newest first."""
        with translated("ecr"):
            pages = self._client.get_paginator("describe_images").paginate(repositoryName=name)
            images = [
                StoredImage(
                    digest=image["imageDigest"],
                    tags=tuple(image.get("imageTags", ())),
                    size_bytes=image.get("imageSizeInBytes", 0),
                    pushed_at=image["imagePushedAt"],
                )
                for page in pages
                for image in page["imageDetails"]
            ]
        return tuple(sorted(images, key=lambda image: image.pushed_at, reverse=True))

    def delete(self, name: str) -> None:
        """Delete a repository with all of its images; one that is gone already is no error."""
        with translated("ecr"):
            try:
                self._client.delete_repository(repositoryName=name, force=True)
            except ClientError as exc:
                if code_of(exc) != "RepositoryNotFoundException":
                    raise

    def log_in(self) -> RegistryLogin:
        """Ask for what the account's registry wants to see; it stays in memory."""
        with translated("ecr"):
            said = self._client.get_authorization_token()["authorizationData"][0]
        username, _, password = base64.b64decode(said["authorizationToken"]).decode().partition(":")
        return RegistryLogin(username=username, password=password)
