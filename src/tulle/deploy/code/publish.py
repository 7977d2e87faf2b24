"""Owns bringing a function's code to where Lambda takes it from: an image to ECR, a zip to S3."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tulle.aws.failure import denial
from tulle.aws.trouble import LOG_IN
from tulle.bundle.audit.sizes import mebibytes
from tulle.deploy.code.layout_image import read_layout_image
from tulle.deploy.code.ownership import claim_repository
from tulle.deploy.code.retention import images_to_keep
from tulle.deploy.names import bucket_name
from tulle.deploy.release import ImageCode, ZipCode
from tulle.errors import (
    AwsError,
    CredentialsRefused,
    ImageNotFound,
    RegistryDenied,
    RegistryUnavailable,
    UsageError,
)
from tulle.project.project import PackageType
from tulle.registry.access import Access, Credentials
from tulle.registry.destination import send
from tulle.registry.places import open_destination
from tulle.registry.reference import RegistryReference, Repository

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tulle.aws.ecr import ImageRepository, Repositories
    from tulle.aws.s3 import Artifacts
    from tulle.deploy.code.layout_image import LayoutImage
    from tulle.deploy.code.retention import Retention
    from tulle.deploy.names import Names
    from tulle.deploy.permissions import Place
    from tulle.progress import Reporter

__all__ = ["Published", "plan_code", "publish_image", "publish_zip"]

_TAG_LENGTH = 16  # of a digest's 64 characters: enough that no two images share a tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Where a function's code is now.

    Args:
        sent_bytes: how much of it was not there already.
    """

    code: ImageCode | ZipCode
    sent_bytes: int


def plan_code(kind: PackageType, digest: str, names: Names, place: Place) -> ImageCode | ZipCode:
    """Say where a function's code will be once it is published.

    Args:
        kind: what the function is packed as.
        digest: `sha256:` and that of the image's manifest, or of the zip.
        names: what the stage's things are called.
        place: the account and the region.

    Raises:
        UsageError: it is packed as something that Lambda does not take.
    """
    if kind is PackageType.IMAGE:
        suffix = "amazonaws.com.cn" if place.partition == "aws-cn" else "amazonaws.com"
        host = f"{place.account}.dkr.ecr.{place.region}.{suffix}"
        return ImageCode(uri=f"{host}/{names.repository}@{digest}")
    if kind is PackageType.ZIP:
        bucket = bucket_name(place.account, place.region)
        return ZipCode(bucket=bucket, key=names.object_key(digest))
    raise UsageError(
        f"a {kind} cannot be deployed",
        hint='set `[package] type` to "image" or "zip" in tulle.toml',
    )


def publish_image(
    layout: Path,
    names: Names,
    *,
    repositories: Repositories,
    access: Access,
    retention: Retention,
) -> Published:
    """Send what a stage's repository lacks of an image, and see to the repository. What is there is not sent again.

    Args:
        layout: the folder that `tulle build` wrote.
        names: what the stage's things are called.
        repositories: ECR.
        access: what registries are reached with; its reporter hears how it goes.
        retention: which images stay.

    Raises:
        ArtifactTooLarge: Lambda would not take the image.
        ForeignResource: the repository is not the stage's.
        RegistryError: the registry fails, or refuses the image; what was sent already is not sent again.
        AwsError: AWS cannot be asked, or denies something.
    """
    image, reporter = read_layout_image(layout), access.reporter
    reporter.step(f"Publish the image to {names.repository}")
    repository = claim_repository(repositories, names)
    repositories.open_to_lambda(names.repository)
    stored = repositories.images(names.repository)
    if any(image.digest == each.digest for each in stored):
        reporter.note("it is there already")
        sent_bytes = 0
    else:
        sent_bytes = _push_patiently(image, repository, names, repositories, access)
        reporter.note(f"{mebibytes(sent_bytes)} sent; what was there already was not")
    in_use = replace(retention, in_use=retention.in_use | {image.digest})
    repositories.expire_images(names.repository, beyond=images_to_keep(stored, in_use))
    return Published(code=ImageCode(uri=f"{repository.uri}@{image.digest}"), sent_bytes=sent_bytes)


def publish_zip(
    path: Path, digest: str, names: Names, *, artifacts: Artifacts, reporter: Reporter
) -> Published:
    """Store a zip in the account's artifact bucket, unless these bytes are there.

    Args:
        path: the zip.
        digest: `sha256:` and that of its bytes.
        names: what the stage's things are called.
        artifacts: the bucket.
        reporter: hears how it goes.

    Raises:
        ForeignResource: another account has the bucket's name.
        AwsError: AWS cannot be asked, or denies something.
    """
    key = names.object_key(digest)
    reporter.step(f"Publish the zip to s3://{artifacts.bucket}/{key}")
    artifacts.prepare()
    sent_bytes = 0
    if artifacts.has(key, digest=digest):
        reporter.note("it is there already")
    else:
        sent_bytes = artifacts.put(key, path, digest=digest, reporter=reporter)
        reporter.note(f"{mebibytes(sent_bytes)} sent")
    return Published(code=ZipCode(bucket=artifacts.bucket, key=key), sent_bytes=sent_bytes)


def _push_patiently(
    image: LayoutImage,
    repository: ImageRepository,
    names: Names,
    repositories: Repositories,
    access: Access,
) -> int:
    """Push an image; should somebody delete the repository meanwhile, make it anew, once. Say how much was sent."""
    try:
        return _push(image, repository, repositories, access)
    except (ImageNotFound, RegistryUnavailable):  # ECR may just hang up
        if repositories.find(names.repository) is not None:
            raise
    access.reporter.warn(
        f"the repository {names.repository} was deleted while the image was sent; it is made anew"
    )
    again = claim_repository(repositories, names)
    repositories.open_to_lambda(names.repository)
    return _push(image, again, repositories, access)


def _push(
    image: LayoutImage, repository: ImageRepository, repositories: Repositories, access: Access
) -> int:
    host, _, path = repository.uri.partition("/")
    login = repositories.log_in()
    credentials = Credentials(username=login.username, password=login.password)
    known = replace(
        access,
        credentials={**access.credentials, host: credentials},
        environ=_trusting(access.environ),
    )
    tag = image.digest.removeprefix("sha256:")[:_TAG_LENGTH]
    reference = RegistryReference(repository=Repository(registry=host, path=path), tag=tag)
    blobs = (*image.layers, image.config)
    try:
        with open_destination(reference, known) as destination:
            delivery = send(blobs, image.manifest, destination, reporter=access.reporter)
    except RegistryDenied as exc:
        raise _refused(exc) from exc
    return delivery.sent_bytes


def _trusting(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Trust whom AWS's own clients are told to trust, where nothing else is said."""
    authorities = environ.get("SSL_CERT_FILE") or environ.get("AWS_CA_BUNDLE")
    return {**environ, "SSL_CERT_FILE": authorities} if authorities else environ


def _refused(error: RegistryDenied) -> AwsError:
    """Tell a right that is missing from a login that ECR does not take."""
    if error.detail and "not authorized to perform" in error.detail:
        return denial(error.detail, "ecr:PutImage")
    return CredentialsRefused(
        f"ECR does not take the login that it gave: {error.message}",
        hint=f"run the command again; if it stays so, {LOG_IN}",
        detail=error.detail,
    )
