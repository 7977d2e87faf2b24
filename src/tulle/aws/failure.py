"""Owns what becomes of botocore's errors: each is one of tulle's, with what to do next."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from tulle.errors import (
    ActionDenied,
    AwsError,
    AwsProfileUnknown,
    AwsRefused,
    AwsThrottled,
    AwsUnavailable,
    AwsUnreachable,
    CredentialsExpired,
    CredentialsMissing,
    CredentialsRefused,
    RegionMissing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NAME_A_REGION", "code_of", "denial", "message_of", "translated"]

NAME_A_REGION = "name one: --region eu-west-1, or AWS_DEFAULT_REGION, or `region` in the profile"
_LOGIN = "log in as you do for the AWS CLI (`aws configure`, `aws sso login`), or name a --profile"

_EXPIRED = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
)
_REFUSED = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "NotSignedUp",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "403"}
)
_CONFLICTS = frozenset({"ConflictException", "OperationAborted"})
_THROTTLED = frozenset(
    {
        "RequestLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
    }
)
_DENIED_TEXT = re.compile(
    r"not authorized to perform:? (?P<action>[\w-]+:\w+)(?: on resource:? \"?(?P<resource>[^\s\"]+))?"
)
# What IAM calls the operations whose permission has another name.
_ACTIONS = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:DeleteObjects": "s3:DeleteObjectVersion",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:UploadPart": "s3:PutObject",
}


@contextmanager
def translated(service: str) -> Iterator[None]:
    """Let errors of botocore out as errors of tulle.

    Args:
        service: the service's prefix in IAM's actions, such as `ecr` or `lambda`.

    Raises:
        AwsError: whatever botocore raised.
    """
    try:
        yield
    except boto.ClientError as exc:
        raise _refusal(exc, service) from exc
    except (boto.BotoCoreError, boto.HTTPClientError) as exc:
        raise _trouble(exc) from exc


def code_of(error: boto.ClientError) -> str:
    """Give the code of what AWS answered."""
    return str(error.response.get("Error", {}).get("Code", ""))


def message_of(error: boto.ClientError) -> str:
    """Give the words of what AWS answered."""
    return str(error.response.get("Error", {}).get("Message", "")) or str(error)


def _refusal(error: boto.ClientError, service: str) -> AwsError:
    """Tell what AWS answered in place of what was asked."""
    code, message = code_of(error), message_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _EXPIRED:
        return CredentialsExpired(f"your AWS credentials have expired ({message})", hint=_LOGIN)
    if code in _REFUSED:
        return CredentialsRefused(
            f"AWS does not accept your credentials: {message}",
            hint=f"{_LOGIN}; a clock that is wrong by minutes does this too, "
            "and so does a region that the account has not enabled",
        )
    if code in _DENIED:
        operation = f"{service}:{error.operation_name}"
        return denial(message, _ACTIONS.get(operation, operation))
    if code in _THROTTLED:
        return AwsThrottled(
            f"AWS was asked too often for {error.operation_name}, and gave up after several tries",
            hint="wait a minute and run the command again; it goes on where it was",
        )
    if status >= 500 or code in _CONFLICTS:
        return AwsUnavailable(
            f"AWS cannot do {error.operation_name} for now: {message}",
            hint="run the command again in a minute, it goes on where it was; "
            "https://health.aws.amazon.com/health/status tells of outages",
        )
    return AwsRefused(
        f"AWS refuses {error.operation_name}: {message} ({code})",
        hint="put right what it says, and run the command again",
    )


def denial(message: str, action: str) -> ActionDenied:
    """Name an action that is denied, with the statement that would allow it.

    Args:
        message: AWS's words, which may name the action and the resource.
        action: IAM's name of what was asked, should they not.
    """
    found = _DENIED_TEXT.search(message)
    resource = (found and found["resource"]) or "*"
    statement = {
        "Effect": "Allow",
        "Action": found["action"] if found else action,
        "Resource": resource.rstrip(".,"),
    }
    return ActionDenied(
        f"you may not do `{statement['Action']}` in this account",
        hint="a policy denies this on purpose: ask whoever keeps the account"
        if "explicit deny" in message
        else "have this statement added to your policy, or name another --profile",
        detail=f"{message}\n\n{json.dumps(statement, indent=2)}",
    )


def _trouble(error: Exception) -> AwsError:
    """Tell what kept AWS from being asked at all."""
    for kinds, make in _TROUBLES:
        if isinstance(error, kinds):
            return make(str(error))
    return AwsRefused(
        f"what was asked of AWS cannot be asked: {error}",
        hint="put right what it says, and run the command again",
    )


def _missing(_: str) -> AwsError:
    return CredentialsMissing("there are no AWS credentials", hint=_LOGIN)


def _expired(message: str) -> AwsError:
    return CredentialsExpired(
        f"your AWS login is over, or cannot be renewed ({message})", hint=_LOGIN
    )


def _unusable(message: str) -> AwsError:
    return AwsProfileUnknown(
        f"AWS's configuration cannot be used: {message}",
        hint="`aws configure list-profiles` lists the profiles; they stand in ~/.aws/config",
    )


def _no_region(message: str) -> AwsError:
    return RegionMissing(f"AWS's region is not known: {message}", hint=NAME_A_REGION)


def _throttled(message: str) -> AwsError:
    return AwsThrottled(
        f"AWS was asked too often: {message}",
        hint="wait a minute and run the command again; it goes on where it was",
    )


def _untrusted(message: str) -> AwsError:
    return AwsUnreachable(
        f"what answers in AWS's place cannot be trusted: {message}",
        hint="for a proxy with an authority of its own, set AWS_CA_BUNDLE to its certificate",
    )


def _unreachable(message: str) -> AwsError:
    return AwsUnreachable(
        f"AWS cannot be reached: {message}",
        hint="look at the network, HTTPS_PROXY and the region's spelling, then run the command again",
    )


def _late(message: str) -> AwsError:
    return AwsUnavailable(
        f"AWS did not come to an end: {message}",
        hint="run the command again: it goes on where it was",
    )


# From the particular to the general: the first that fits is taken.
_TROUBLES = (
    ((boto.NoAuthTokenError, boto.NoCredentialsError, boto.PartialCredentialsError), _missing),
    (
        (
            boto.CredentialRetrievalError,
            boto.LoginError,
            boto.MetadataRetrievalError,
            boto.RefreshWithMFAUnsupportedError,
            boto.SSOError,
            boto.TokenRetrievalError,
        ),
        _expired,
    ),
    (
        (
            boto.EndpointProviderError,
            boto.EndpointVariantError,
            boto.InvalidRegionError,
            boto.NoRegionError,
            boto.ServiceNotInRegionError,
            boto.UnknownEndpointError,
            boto.UnknownFIPSEndpointError,
            boto.UnknownRegionError,
        ),
        _no_region,
    ),
    (
        (
            boto.ConfigNotFound,
            boto.ConfigParseError,
            boto.InfiniteLoopConfigError,
            boto.InvalidChecksumConfigError,
            boto.InvalidConfigError,
            boto.InvalidDefaultsMode,
            boto.InvalidEndpointConfigurationError,
            boto.InvalidEndpointDiscoveryConfigurationError,
            boto.InvalidIMDSEndpointError,
            boto.InvalidIMDSEndpointModeError,
            boto.InvalidMaxRetryAttemptsError,
            boto.InvalidProxiesConfigError,
            boto.InvalidRetryConfigurationError,
            boto.InvalidS3AddressingStyleError,
            boto.InvalidS3UsEast1RegionalEndpointConfigError,
            boto.InvalidSTSRegionalEndpointsConfigError,
            boto.MissingDependencyException,
            boto.ProfileNotFound,
            boto.UnknownCredentialError,
            boto.UnknownSignatureVersionError,
            boto.UnknownTokenProviderError,
            boto.UnsupportedS3ConfigurationError,
        ),
        _unusable,
    ),
    ((boto.CapacityNotAvailableError,), _throttled),
    ((boto.SSLError,), _untrusted),
    (
        (
            boto.ChecksumError,
            boto.ConnectionError,
            boto.FlexibleChecksumError,
            boto.HTTPClientError,
            boto.IncompleteReadError,
        ),
        _unreachable,
    ),
    ((boto.WaiterError,), _late),
)
