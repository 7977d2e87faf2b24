"""Owns `Artifacts`: the bucket that holds the zips of an account's functions in a region."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tulle.aws.bucket_settings import arrange, is_arranged
from tulle.aws.failure import code_of, denial, translated
from tulle.errors import AwsError, AwsRefused, ForeignResource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import (
        CreateBucketConfigurationTypeDef,
        ObjectIdentifierTypeDef,
    )

    from tulle.aws.session import AwsSession
    from tulle.progress import Reporter

__all__ = ["Artifacts", "BucketState", "StoredZip"]

_FIRST_REGION = "us-east-1"  # where S3 wants no region to be named
_DIGEST = "sha256"
_AT_ONCE = 1000  # objects that one request deletes


class BucketState(StrEnum):
    """What is known of the bucket's name."""

    ABSENT = "absent"
    OURS = "ours"
    CLOSED = "closed"
    """Another account's, or one that the user may not look into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredZip:
    """An object with all of its versions.

    Args:
        key: its name within the bucket.
        size_bytes: of all versions, as they are paid for.
        versions: their ids, and those of the marks that deleting leaves.
    """

    key: str
    size_bytes: int
    versions: tuple[str, ...]


class Artifacts:
    """Asks S3 about one bucket, which has to be the account's own."""

    def __init__(self, session: AwsSession, *, bucket: str, account: str) -> None:
        self._client: S3Client = session.s3()
        self._region = session.region
        self._account = account
        self.bucket = bucket

    def look(self) -> BucketState:
        """Ask what is known of the bucket."""
        with translated("s3"):
            try:
                # Where this is refused, S3 says why, which it does not of HEAD.
                self._client.list_objects_v2(
                    Bucket=self.bucket, MaxKeys=1, ExpectedBucketOwner=self._account
                )
            except ClientError as exc:
                if code_of(exc) == "NoSuchBucket":
                    return BucketState.ABSENT
                if code_of(exc) == "AccessDenied" and "not authorized to" not in str(exc):
                    return BucketState.CLOSED
                raise
        return BucketState.OURS

    def prepare(self) -> None:
        """Make the bucket if it is not there, and see that it is encrypted, private, versioned and kept small.

        Raises:
            ForeignResource: another account has a bucket of this name.
        """
        with translated("s3"):
            if self.look() is not BucketState.OURS:
                self._create()
            if not self.is_own():
                arrange(self._client, self.bucket, self._account)

    def has(self, key: str, *, digest: str) -> bool:
        """Tell whether an object is there and was made of these bytes.

        Args:
            key: its name.
            digest: `sha256:` and that of the bytes.
        """
        with translated("s3"):
            try:
                found = self._client.head_object(
                    Bucket=self.bucket, Key=key, ExpectedBucketOwner=self._account
                )
            except ClientError as exc:
                if code_of(exc) in {"404", "NoSuchKey"}:
                    return False
                raise
        return found["Metadata"].get(_DIGEST) == digest.removeprefix("sha256:")

    def put(self, key: str, path: Path, *, digest: str, reporter: Reporter) -> int:
        """Store a file, in several parts at a time if it is large; say how many bytes were sent.

        Args:
            key: its name.
            path: the file.
            digest: `sha256:` and that of its bytes; noted beside them.
            reporter: hears how far it is.
        """
        size = path.stat().st_size
        with translated("s3"), path.open("rb") as file:
            self._client.upload_fileobj(
                file,
                self.bucket,
                key,
                ExtraArgs={
                    "ContentType": "application/zip",
                    "ExpectedBucketOwner": self._account,
                    "Metadata": {_DIGEST: digest.removeprefix("sha256:")},
                },
                Callback=_counting(size, reporter),
            )
        return size

    def zips(self, prefix: str = "") -> tuple[StoredZip, ...]:
        """List the objects whose keys begin alike, also those that were deleted and have versions left."""
        with translated("s3"):
            pages = self._client.get_paginator("list_object_versions").paginate(
                Bucket=self.bucket, Prefix=prefix, ExpectedBucketOwner=self._account
            )
            found: dict[str, tuple[int, tuple[str, ...]]] = {}
            for page in pages:
                sizes = [(v["Key"], v["VersionId"], v["Size"]) for v in page.get("Versions", ())]
                marks = [(m["Key"], m["VersionId"], 0) for m in page.get("DeleteMarkers", ())]
                for key, version, size in (*sizes, *marks):
                    total, versions = found.get(key, (0, ()))
                    found[key] = (total + size, (*versions, version))
        return tuple(
            StoredZip(key=key, size_bytes=size, versions=versions)
            for key, (size, versions) in sorted(found.items())
        )

    def remove(self, zips: Sequence[StoredZip]) -> None:
        """Delete objects with all of their versions."""
        versions: list[ObjectIdentifierTypeDef] = [
            {"Key": stored.key, "VersionId": version}
            for stored in zips
            for version in stored.versions
        ]
        with translated("s3"):
            for first in range(0, len(versions), _AT_ONCE):
                answer = self._client.delete_objects(
                    Bucket=self.bucket,
                    Delete={"Objects": versions[first : first + _AT_ONCE], "Quiet": True},
                    ExpectedBucketOwner=self._account,
                )
                for error in answer.get("Errors", ()):
                    raise _not_deleted(error.get("Key", ""), error.get("Message", ""))

    def is_own(self) -> bool:
        """Tell whether it was tulle that set the bucket up."""
        with translated("s3"):
            return is_arranged(self._client, self.bucket, self._account)

    def delete_if_empty(self) -> bool:
        """Delete the bucket unless it holds something; say whether it is gone."""
        with translated("s3"):
            if self.zips():
                return False
            try:
                self._client.delete_bucket(Bucket=self.bucket, ExpectedBucketOwner=self._account)
            except ClientError as exc:
                if code_of(exc) == "BucketNotEmpty":
                    return False
                raise
        return True

    def _create(self) -> None:
        place: CreateBucketConfigurationTypeDef = {}
        if self._region != _FIRST_REGION:
            place["LocationConstraint"] = self._region  # type: ignore[typeddict-item]  # any region that AWS has
        try:
            if place:
                self._client.create_bucket(Bucket=self.bucket, CreateBucketConfiguration=place)
            else:
                self._client.create_bucket(Bucket=self.bucket)
        except ClientError as exc:
            if code_of(exc) == "BucketAlreadyExists":
                raise _taken(self.bucket) from exc
            if code_of(exc) != "BucketAlreadyOwnedByYou":
                raise
        # All of S3 may know it only after a moment.
        self._client.get_waiter("bucket_exists").wait(
            Bucket=self.bucket, ExpectedBucketOwner=self._account
        )


def _counting(size: int, reporter: Reporter) -> Callable[[int], None]:
    """Add up what several threads have sent, and tell how far that is."""
    lock, sent = threading.Lock(), 0

    def count(more: int) -> None:
        nonlocal sent
        with lock:
            sent += more
            reporter.progress(sent, size)

    return count


def _taken(bucket: str) -> ForeignResource:
    return ForeignResource(
        f"the bucket `{bucket}` belongs to another AWS account",
        hint="names of buckets are shared by all of AWS, and somebody took this account's: "
        'deploy to another region, or build an image (`[package] type = "image"`)',
    )


def _not_deleted(key: str, message: str) -> AwsError:
    if "not authorized to" in message or message == "Access Denied":
        return denial(message, "s3:DeleteObjectVersion")
    return AwsRefused(
        f"S3 does not delete `{key}`: {message}",
        hint="put right what it says, and run the command again: it goes on where it was",
    )
