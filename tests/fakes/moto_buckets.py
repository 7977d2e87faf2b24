"""What moto's S3 lacks of AWS's: the name of another account's bucket, and policies that are for some requests only."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3 import models
from moto.s3.exceptions import BucketError

__all__ = ["complete_buckets"]

_ONLY_WITHOUT_TLS = {"Bool": {"aws:SecureTransport": "false"}}
_create_bucket = models.S3Backend.create_bucket


class _TakenByAnother(BucketError):
    code = "BucketAlreadyExists"


def complete_buckets() -> None:
    """Teach moto, for as long as this process lives.

    It has to be started with `MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS=false`, for by itself it shows others' buckets to all,
    but then refuses to look at one to say that it is another's.
    """
    backend: Any = models.S3Backend
    backend.create_bucket = _create
    bucket: Any = models.FakeBucket
    bucket.get_permission = _get_permission


def _create(backend: Any, bucket_name: str, *more: Any, **named: Any) -> Any:
    owner = models.s3_backends.bucket_accounts.get(bucket_name)
    if owner and owner[1] != backend.account_id:
        raise _TakenByAnother(
            "The requested bucket name is not available. The bucket namespace is shared by all users of the system."
            " Please select a different name and try again"
        )
    return _create_bucket(backend, bucket_name, *more, **named)


def _get_permission(bucket: Any, action: str, resource: str) -> Any:
    """Judge as for a request with TLS, as all that moto stands for have; by itself it takes no notice of conditions."""
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(bucket.policy)
    policy["Statement"] = [
        statement
        for statement in policy["Statement"]
        if statement.get("Condition") != _ONLY_WITHOUT_TLS
    ]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)
