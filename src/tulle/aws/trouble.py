"""Owns what becomes of botocore's errors where AWS was not asked, or did not answer."""

from __future__ import annotations

from botocore import exceptions as boto

from tulle.errors import (
    AwsError,
    AwsProfileUnknown,
    AwsRefused,
    AwsThrottled,
    AwsUnavailable,
    AwsUnreachable,
    CredentialsExpired,
    CredentialsMissing,
    RegionMissing,
)

__all__ = ["LOG_IN", "NAME_A_REGION", "explain_trouble"]

LOG_IN = "log in as you do for the AWS CLI (`aws configure`, `aws sso login`), or name a --profile"
NAME_A_REGION = "name one: --region eu-west-1, or AWS_DEFAULT_REGION, or `region` in the profile"


def explain_trouble(error: Exception) -> AwsError:
    """Tell what kept AWS from being asked at all."""
    for kinds, make in _TROUBLES:
        if isinstance(error, kinds):
            return make(str(error))
    return AwsRefused(
        f"what was asked of AWS cannot be asked: {error}",
        hint="put right what it says, and run the command again",
    )


def _missing(_: str) -> AwsError:
    return CredentialsMissing("there are no AWS credentials", hint=LOG_IN)


def _expired(message: str) -> AwsError:
    return CredentialsExpired(
        f"your AWS login is over, or cannot be renewed ({message})", hint=LOG_IN
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
