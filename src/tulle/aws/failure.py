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

__all__ = ["code_of", "message_of", "translated"]

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
    r"not authorized to perform:? (?P<action>[\w-]+:\w+)(?: on resource:? (?P<resource>\S+))?"
)


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
            hint=f"{_LOGIN}; a clock that is wrong by minutes does this too",
        )
    if code in _DENIED:
        return _denied(error, service)
    if code in _THROTTLED:
        return AwsThrottled(
            f"AWS was asked too often for {error.operation_name}, and gave up after several tries",
            hint="wait a minute and run the command again; it goes on where it was",
        )
    if status >= 500:
        return AwsUnavailable(
            f"AWS failed at {error.operation_name}: {message}",
            hint="run the command again; https://health.aws.amazon.com/health/status tells of outages",
        )
    return AwsRefused(
        f"AWS refuses {error.operation_name}: {message} ({code})",
        hint="put right what it says, and run the command again",
    )


def _denied(error: boto.ClientError, service: str) -> ActionDenied:
    """Name the action that is denied, with the statement that would allow it."""
    found = _DENIED_TEXT.search(message_of(error))
    action = found["action"] if found else f"{service}:{error.operation_name}"
    resource = found["resource"] if found and found["resource"] else "*"
    resource = resource.rstrip(".,")
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    explicit = "explicit deny" in message_of(error)
    return ActionDenied(
        f"you may not do `{action}` in this account",
        hint="a policy denies this on purpose: ask whoever keeps the account"
        if explicit
        else "have this statement added to your policy, or name another --profile",
        detail=f"{message_of(error)}\n\n{json.dumps(statement, indent=2)}",
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
    return CredentialsExpired(f"your AWS login is over ({message})", hint=_LOGIN)


def _unusable(message: str) -> AwsError:
    return AwsProfileUnknown(
        f"AWS's configuration cannot be used: {message}",
        hint="`aws configure list-profiles` lists the profiles; they stand in ~/.aws/config",
    )


def _no_region(message: str) -> AwsError:
    return RegionMissing(
        f"AWS's region is not known: {message}",
        hint="name one: --region eu-west-1, or AWS_REGION, or `region` in the profile",
    )


def _unreachable(message: str) -> AwsError:
    return AwsUnreachable(
        f"AWS cannot be reached: {message}",
        hint="look at the network, HTTPS_PROXY and the region's spelling, then run the command again",
    )


_TROUBLES = (
    ((boto.NoCredentialsError, boto.PartialCredentialsError), _missing),
    (
        (
            boto.CredentialRetrievalError,
            boto.LoginError,
            boto.RefreshWithMFAUnsupportedError,
            boto.SSOError,
            boto.TokenRetrievalError,
        ),
        _expired,
    ),
    (
        (
            boto.ConfigNotFound,
            boto.ConfigParseError,
            boto.InfiniteLoopConfigError,
            boto.InvalidConfigError,
            boto.ProfileNotFound,
            boto.UnknownCredentialError,
        ),
        _unusable,
    ),
    ((boto.InvalidRegionError, boto.NoRegionError, boto.UnknownRegionError), _no_region),
    ((boto.ConnectionError, boto.HTTPClientError, boto.IncompleteReadError), _unreachable),
)
