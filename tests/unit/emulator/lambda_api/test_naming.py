"""Functions' names, as AWS reads and refuses them: recorded on AWS in November 2025."""

from __future__ import annotations

import pytest

from tulle.emulator.lambda_api.error import AwsError
from tulle.emulator.lambda_api.naming import CalledFunction, read_name

ARN = "arn:aws:lambda:us-east-1:123456789012:function:my-function"
PATTERN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?"
    r"(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
)


def read(name: str, qualifier: str | None = None, region: str = "us-east-1") -> CalledFunction:
    return read_name(name, qualifier, call_region=region)


def refusal(name: str, qualifier: str | None = None, region: str = "us-east-1") -> AwsError:
    with pytest.raises(AwsError) as caught:
        read(name, qualifier, region)
    return caught.value


@pytest.mark.parametrize(
    ("name", "qualifier", "read_as"),
    [
        ("my-function", None, ("my-function", None)),
        ("my-function", "", ("my-function", None)),
        ("my-function:$LATEST", None, ("my-function", "$LATEST")),
        ("my-function:$LATEST", "$LATEST", ("my-function", "$LATEST")),
        ("my-function", "$latest", ("my-function", "$latest")),
        ("my-function:7", None, ("my-function", "7")),
        ("function:my-function", None, ("my-function", None)),
        ("123456789012:function:my-function:live", None, ("my-function", "live")),
        ("us-east-1:123456789012:function:my-function", None, ("my-function", None)),
        (ARN, "live", ("my-function", "live")),
        (ARN.replace("arn:aws:", "arn::"), None, ("my-function", None)),
        (ARN.replace("123456789012", "999999999999"), None, ("my-function", None)),
        (ARN.removesuffix(":my-function"), None, ("function", None)),
        ("a" * 65, None, ("a" * 65, None)),  # too long for a function, but not for a question
    ],
)
def test_reads_a_name(name: str, qualifier: str | None, read_as: tuple[str, str | None]) -> None:
    called = read(name, qualifier)
    assert (called.name, called.qualifier) == read_as


@pytest.mark.parametrize(
    "name",
    [
        "my-function!",
        "*",
        "invalid-account:function:my-function",
        "arn:aws:lambda:invalid-region:123456789012:function:my-function",
        "arn:aws:ec2:us-east-1:123456789012:instance:i-1234567890abcdef0",
        f"{ARN}:1:2",
        "function:my-function:$LATEST:extra",
        "arn:aws:lambda::123456789012:function:my-function",
        "arn:aws:lambda:us-east-1::function:my-function",
        f"{ARN}:$PREVIOUS",
    ],
)
def test_a_malformed_name_is_refused_in_awss_words(name: str) -> None:
    error = refusal(name)
    assert (error.status, error.code) == (400, "ValidationException")
    assert error.body == {
        "message": f"1 validation error detected: Value '{name}' at 'functionName' failed to "
        f"satisfy constraint: Member must satisfy regular expression pattern: {PATTERN}"
    }


def test_a_malformed_qualifier_is_refused_in_awss_words() -> None:
    error = refusal("my-function", "invalid!")
    assert error.body["message"] == (
        "1 validation error detected: Value 'invalid!' at 'qualifier' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: \$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"
    )
    error = refusal("my-function", "a" * 129)
    assert error.body["message"].endswith("Member must have length less than or equal to 128")


def test_two_mistakes_are_told_at_once() -> None:
    error = refusal("my-function!", "a" * 129)
    assert error.body["message"].startswith("2 validation errors detected: Value 'aaa")
    assert "; Value 'my-function!' at 'functionName'" in error.body["message"]


def test_two_qualifiers_that_differ_are_refused() -> None:
    error = refusal(f"{ARN}:$LATEST", "1")
    assert (error.status, error.code) == (400, "InvalidParameterValueException")
    assert error.body == {
        "Type": "User",
        "message": "The derived qualifier from the function name does not match the specified "
        "qualifier.",
    }


def test_a_function_of_another_region_is_out_of_reach() -> None:
    foreign = ARN.replace("us-east-1", "eu-west-1")
    error = refusal(foreign)
    assert (error.status, error.code) == (404, "ResourceNotFoundException")
    assert error.body["Message"] == (
        "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"
    )
    assert read(foreign, region="eu-west-1").name == "my-function"
    assert read(ARN, region="eu-west-1").name == "my-function"  # as the local Lambda writes it
