"""Owns the settings of the artifact bucket: encrypted, private, versioned, reached with TLS only, and kept small."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tulle.aws.failure import code_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import (
        BucketLifecycleConfigurationTypeDef,
        PublicAccessBlockConfigurationTypeDef,
        ServerSideEncryptionConfigurationTypeDef,
        TagTypeDef,
    )

__all__ = ["arrange", "is_arranged"]

_ARRANGED: TagTypeDef = {"Key": "tulle:settings", "Value": "1"}
_CLOSED: PublicAccessBlockConfigurationTypeDef = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
_ENCRYPTED: ServerSideEncryptionConfigurationTypeDef = {
    "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
}
_EXPIRY: BucketLifecycleConfigurationTypeDef = {
    "Rules": [
        {
            "ID": "what-was-replaced",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
            "Expiration": {"ExpiredObjectDeleteMarker": True},
        },
        {
            "ID": "what-was-not-finished",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        },
    ]
}


def is_arranged(client: S3Client, bucket: str, account: str) -> bool:
    """Tell whether a bucket has all of its settings, by the tag that is put last."""
    try:
        answer = client.get_bucket_tagging(Bucket=bucket, ExpectedBucketOwner=account)
    except ClientError as exc:
        if code_of(exc) == "NoSuchTagSet":
            return False
        raise
    return _ARRANGED in answer["TagSet"]


def arrange(client: S3Client, bucket: str, account: str) -> None:
    """Give a bucket its settings, and in the end the tag that says so: what was interrupted is done again."""
    client.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration=_CLOSED, ExpectedBucketOwner=account
    )
    client.put_bucket_encryption(
        Bucket=bucket, ServerSideEncryptionConfiguration=_ENCRYPTED, ExpectedBucketOwner=account
    )
    client.put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}, ExpectedBucketOwner=account
    )
    client.put_bucket_policy(
        Bucket=bucket,
        Policy=json.dumps(_only_with_tls(f"arn:{client.meta.partition}:s3:::{bucket}")),
        ExpectedBucketOwner=account,
    )
    client.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration=_EXPIRY, ExpectedBucketOwner=account
    )
    client.put_bucket_tagging(
        Bucket=bucket, Tagging={"TagSet": [_ARRANGED]}, ExpectedBucketOwner=account
    )


def _only_with_tls(arn: str) -> dict[str, object]:
    statement = {
        "Sid": "OnlyWithTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
