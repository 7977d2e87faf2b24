"""Owns the errors about AWS: it cannot be reached, does not know the user, or refuses."""

from __future__ import annotations

from tulle.errors.error import TulleError

__all__ = [
    "ActionDenied",
    "AwsError",
    "AwsProfileUnknown",
    "AwsRefused",
    "AwsThrottled",
    "AwsUnavailable",
    "AwsUnreachable",
    "CredentialsExpired",
    "CredentialsMissing",
    "CredentialsRefused",
    "RegionMissing",
]


class AwsError(TulleError):
    """AWS cannot be asked, or what was asked of it cannot be had."""

    code = "aws"
    exit_code = 7


class CredentialsMissing(AwsError):
    """There are no credentials where AWS's own tools look for them."""

    code = "credentials-missing"


class CredentialsExpired(AwsError):
    """Credentials were good until some time ago."""

    code = "credentials-expired"


class CredentialsRefused(AwsError):
    """AWS does not know the credentials, or a signature made with them."""

    code = "credentials-refused"


class AwsProfileUnknown(AwsError):
    """A profile is named that AWS's configuration files do not have, or cannot be used."""

    code = "aws-profile-unknown"


class RegionMissing(AwsError):
    """No region is named, or one that AWS does not have."""

    code = "region-missing"


class ActionDenied(AwsError):
    """The user's policies do not allow what was asked."""

    code = "action-denied"


class AwsThrottled(AwsError):
    """AWS was asked too often, also after several tries."""

    code = "aws-throttled"


class AwsUnreachable(AwsError):
    """AWS cannot be reached over the network."""

    code = "aws-unreachable"


class AwsUnavailable(AwsError):
    """AWS failed by itself."""

    code = "aws-unavailable"


class AwsRefused(AwsError):
    """AWS refuses what it was asked, for a reason of its own."""

    code = "aws-refused"
