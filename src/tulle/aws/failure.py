"""Owns what becomes of botocore's errors: each is one of tulle's, with what to do next."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from tulle.aws.trouble import LOG_IN, explain_trouble
from tulle.errors import (
    ActionDenied,
    AwsError,
    AwsRefused,
    AwsThrottled,
    AwsUnavailable,
    AwsUnreachable,
    CredentialsExpired,
    CredentialsRefused,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["code_of", "denial", "iam_action", "message_of", "translated"]

_LONGEST_ANSWER = 500  # characters
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
        raise explain_trouble(exc) from exc
    except ResponseParserError as exc:
        raise AwsUnreachable(
            f"what answers for {service} does not speak as AWS does",
            hint="see whether a proxy or an endpoint of your own (AWS_ENDPOINT_URL) stands in the way",
            detail=str(exc)[:_LONGEST_ANSWER],
        ) from None


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
        return CredentialsExpired(f"your AWS credentials have expired ({message})", hint=LOG_IN)
    if code in _REFUSED:
        return CredentialsRefused(
            f"AWS does not accept your credentials: {message}",
            hint=f"{LOG_IN}; a clock that is wrong by minutes does this too, "
            "and so does a region that the account has not enabled",
        )
    if code in _DENIED:
        return denial(message, iam_action(f"{service}:{error.operation_name}"))
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


def iam_action(operation: str) -> str:
    """Give the action that IAM asks about for an operation, such as `s3:GetObject` for `s3:HeadObject`."""
    return _ACTIONS.get(operation, operation)


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
