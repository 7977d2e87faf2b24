"""Whatever botocore raises leaves as one of tulle's errors, with what to do next."""

from __future__ import annotations

import inspect
import json
import string

import pytest
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from tulle.aws.failure import translated
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

# Where each of botocore's exceptions ends up; what it has beside these is asked wrongly, by tulle or by a name.
KNOWN: dict[type[AwsError], str] = {
    CredentialsMissing: "NoAuthTokenError NoCredentialsError PartialCredentialsError",
    CredentialsExpired: """
        CredentialRetrievalError LoginAuthorizationCodeError LoginError LoginInsufficientPermissions
        LoginRefreshRequired LoginTokenLoadError MetadataRetrievalError RefreshWithMFAUnsupportedError SSOError
        SSOTokenLoadError TokenRetrievalError UnauthorizedSSOTokenError""",
    RegionMissing: """
        EndpointProviderError EndpointResolutionError EndpointVariantError InvalidRegionError NoRegionError
        ServiceNotInRegionError UnknownEndpointError UnknownEndpointResolutionBuiltInName UnknownFIPSEndpointError
        UnknownRegionError""",
    AwsProfileUnknown: """
        ConfigNotFound ConfigParseError InfiniteLoopConfigError InvalidChecksumConfigError InvalidConfigError
        InvalidDefaultsMode InvalidEndpointConfigurationError InvalidEndpointDiscoveryConfigurationError
        InvalidIMDSEndpointError InvalidIMDSEndpointModeError InvalidMaxRetryAttemptsError InvalidProxiesConfigError
        InvalidRetryConfigurationError InvalidRetryModeError InvalidS3AddressingStyleError
        InvalidS3UsEast1RegionalEndpointConfigError InvalidSTSRegionalEndpointsConfigError MissingDependencyException
        ProfileNotFound UnknownCredentialError UnknownSignatureVersionError UnknownTokenProviderError
        UnsupportedS3ConfigurationError""",
    AwsThrottled: "CapacityNotAvailableError",
    AwsUnreachable: """
        ChecksumError ConnectTimeoutError ConnectionClosedError ConnectionError EndpointConnectionError
        FlexibleChecksumError HTTPClientError IncompleteReadError ProxyConnectionError ReadTimeoutError
        ResponseStreamingError SSLError""",
    AwsUnavailable: "WaiterError",
    AwsRefused: """
        AliasConflictParameterError ApiVersionNotFoundError AwsChunkedWrapperError BaseEndpointResolverError
        BotoCoreError ClientError DataNotFoundError EventStreamError InvalidDNSNameError InvalidExpressionError
        InvalidHostLabelError MD5UnavailableError MissingParametersError OperationNotPageableError PaginationError
        ParamValidationError RangeError StubAssertionError StubResponseError UnStubbedResponseError
        UnknownClientMethodError UnknownKeyError UnknownParameterError UnknownServiceError UnknownServiceStyle
        UnseekableStreamError UnsupportedOutpostResourceError UnsupportedS3AccesspointConfigurationError
        UnsupportedS3ArnError UnsupportedS3ControlArnError UnsupportedS3ControlConfigurationError
        UnsupportedServiceProtocolsError UnsupportedSignatureVersionError ValidationError WaiterConfigError""",
}
ENDS = {name: error for error, names in KNOWN.items() for name in names.split()}


def walk() -> list[type[Exception]]:
    return [
        kind
        for _, kind in sorted(vars(boto).items())
        if inspect.isclass(kind) and issubclass(kind, (boto.BotoCoreError, boto.ClientError))
    ]


def make(kind: type[Exception]) -> Exception:
    """Make an exception as botocore would, with something for each of its fields."""
    if issubclass(kind, boto.ClientError):
        return refusal("SomeCode", "some words", kind=kind)
    if issubclass(kind, boto.WaiterError):
        return kind("waiter", "why", {})
    fields = string.Formatter().parse(getattr(kind, "fmt", ""))
    return kind(**{name: f"some {name}" for _, name, _, _ in fields if name})


def refusal(
    code: str,
    message: str,
    *,
    status: int = 400,
    operation: str = "DescribeImages",
    kind: type[boto.ClientError] = boto.ClientError,
) -> boto.ClientError:
    """Make what AWS's answer of a status other than 2xx becomes."""
    return kind(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "HTTPHeaders": {},
                "HostId": "",
                "RequestId": "",
                "RetryAttempts": 0,
            },
        },
        operation,
    )


def translate(error: Exception, service: str = "ecr") -> AwsError:
    with pytest.raises(AwsError) as caught, translated(service):
        raise error
    assert caught.value.__cause__ is error
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("kind", walk(), ids=lambda kind: kind.__name__)
def test_every_exception_has_its_place(kind: type[Exception]) -> None:
    assert type(translate(make(kind))) is ENDS[kind.__name__]


def test_no_place_is_left_of_an_exception_that_is_gone() -> None:
    assert {kind.__name__ for kind in walk()} == set(ENDS)


def test_what_is_not_botocores_is_let_through() -> None:
    with pytest.raises(ZeroDivisionError), translated("ecr"):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("ExpiredToken", 403, CredentialsExpired),
        ("ExpiredTokenException", 400, CredentialsExpired),
        ("RequestExpired", 400, CredentialsExpired),
        ("InvalidClientTokenId", 403, CredentialsRefused),
        ("UnrecognizedClientException", 400, CredentialsRefused),
        ("SignatureDoesNotMatch", 403, CredentialsRefused),
        ("InvalidAccessKeyId", 403, CredentialsRefused),
        ("AccessDenied", 403, ActionDenied),
        ("AccessDeniedException", 400, ActionDenied),
        ("403", 403, ActionDenied),
        ("Throttling", 400, AwsThrottled),
        ("ThrottlingException", 400, AwsThrottled),
        ("TooManyRequestsException", 429, AwsThrottled),
        ("SlowDown", 503, AwsThrottled),
        ("InternalFailure", 500, AwsUnavailable),
        ("ServiceUnavailable", 503, AwsUnavailable),
        ("OperationAborted", 409, AwsUnavailable),
        ("LimitExceededException", 400, AwsRefused),
    ],
)
def test_refusals_are_told_apart(code: str, status: int, expected: type[AwsError]) -> None:
    error = translate(refusal(code, "AWS's own words", status=status))
    assert type(error) is expected
    if expected not in {AwsThrottled, ActionDenied}:
        assert "AWS's own words" in error.message


@pytest.mark.parametrize(
    ("service", "operation", "words", "action", "resource"),
    [
        (
            "ecr",
            "CreateRepository",
            (
                "User: arn:aws:iam::123456789012:user/x is not authorized to perform: ecr:CreateRepository "
                "on resource: arn:aws:ecr:eu-west-1:123456789012:repository/tulle/a-dev because no "
                "identity-based policy allows the ecr:CreateRepository action"
            ),
            "ecr:CreateRepository",
            "arn:aws:ecr:eu-west-1:123456789012:repository/tulle/a-dev",
        ),
        (
            "s3",
            "PutObject",
            (
                'User: arn:aws:iam::123456789012:user/x is not authorized to perform: s3:PutObject on resource: "'
                'arn:aws:s3:::tulle-123456789012-eu-west-1/a.zip" because no identity-based policy allows it'
            ),
            "s3:PutObject",
            "arn:aws:s3:::tulle-123456789012-eu-west-1/a.zip",
        ),
        ("s3", "HeadBucket", "Forbidden", "s3:ListBucket", "*"),
        ("s3", "PutPublicAccessBlock", "Access Denied", "s3:PutBucketPublicAccessBlock", "*"),
        ("lambda", "Invoke", "Access Denied", "lambda:InvokeFunction", "*"),
        ("ecr", "DescribeImages", "Access Denied", "ecr:DescribeImages", "*"),
        (
            "iam",
            "PassRole",
            (
                "User: arn:aws:sts::123456789012:assumed-role/ci/1 is not authorized to perform: iam:PassRole on "
                "resource: arn:aws:iam::123456789012:role/r."
            ),
            "iam:PassRole",
            "arn:aws:iam::123456789012:role/r",
        ),
    ],
)
def test_a_denied_action_is_named_with_the_statement_that_allows_it(
    service: str, operation: str, words: str, action: str, resource: str
) -> None:
    error = translate(refusal("AccessDenied", words, status=403, operation=operation), service)
    said, _, statement = str(error.detail).partition("\n\n")
    assert action in error.message
    assert said == words
    assert json.loads(statement) == {"Effect": "Allow", "Action": action, "Resource": resource}
    assert "statement" in error.hint


def test_an_explicit_deny_is_not_to_be_overruled_by_a_statement() -> None:
    words = (
        "User: x is not authorized to perform: s3:PutObject on resource: y with an explicit deny"
    )
    error = translate(refusal("AccessDenied", words, status=403, operation="PutObject"), "s3")
    assert "on purpose" in error.hint


def test_what_does_not_answer_as_aws_is_no_bug() -> None:
    with (
        pytest.raises(AwsUnreachable, match="for iam does not speak as AWS does") as caught,
        translated("iam"),
    ):
        raise ResponseParserError("<!doctype html>" * 100)
    assert "AWS_ENDPOINT_URL" in caught.value.hint
    assert len(caught.value.detail or "") <= 500
