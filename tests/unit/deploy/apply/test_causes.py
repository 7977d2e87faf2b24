"""AWS's words for failures, as they were met, and what is made of them."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

from tulle.deploy.stack.causes import find_cause, unwrapped

INVALID_IMAGE = (
    'Resource handler returned message: "Lambda function shop-dev reached terminal FAILED state due to '
    "InvalidImage(ImageLayerFailure: UnsupportedImageLayerDetected - Layer Digest sha256:12) and failed to "
    'stabilize" (RequestToken: 1-2-3, HandlerErrorCode: NotStabilized)'
)
NO_ROLE = (
    'Resource handler returned message: "The role defined for the function cannot be assumed by Lambda. '
    '(Service: Lambda, Status Code: 400, Request ID: 1-2-3) (SDK Attempt Count: 1)" '
    "(RequestToken: 1-2-3, HandlerErrorCode: InvalidRequest)"
)


def test_a_services_own_words_are_taken_out_of_cloudformations() -> None:
    assert unwrapped(NO_ROLE) == "The role defined for the function cannot be assumed by Lambda."
    assert unwrapped(INVALID_IMAGE).startswith("Lambda function shop-dev reached terminal FAILED")
    assert unwrapped(INVALID_IMAGE).endswith("and failed to stabilize")


def test_words_that_nobody_wrapped_stay() -> None:
    assert unwrapped("Resource creation cancelled") == "Resource creation cancelled"


@pytest.mark.parametrize(
    ("reason", "means", "do"),
    [
        (INVALID_IMAGE, "cannot unpack a layer", "[package].base"),
        (
            "InvalidImage(SizeLimitExceeded: Uncompressed container image size exceeds 10 GiB limit)",
            "10 GiB",
            "--explain",
        ),
        (
            "InvalidImage: MissingParentDirectory: Parent directory does not exist for file: x",
            "cannot unpack",
            "entry for every folder",
        ),
        ("InvalidImage(Something new)", "cannot use the image", "tulle dev"),
        (
            "Source image 1.dkr.ecr.eu-west-1.amazonaws.com/x@sha256:1 does not exist. Provide a valid source image.",
            "no longer in the repository",
            "again",
        ),
        (
            "Source image docker.io/x is not valid. Provide a valid source image.",
            "private ECR repository",
            "--region",
        ),
        (
            "The image manifest, config or layer media type for the source image x is not supported.",
            "index of images",
            "base",
        ),
        ("Lambda does not have permission to access the ECR image.", "may not read", "policy"),
        (NO_ROLE, "so new", "a minute"),
        (
            ("User: arn:x is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/r "
            "because no identity-based policy allows the iam:PassRole action"),
            "`iam:PassRole`",
            "on arn:aws:iam::1:role/r: `tulle doctor`",
        ),
        (
            ("CloudFormation cannot update a stack when a custom-named resource requires replacing. "
            "Rename shop-dev and update the stack again."),
            "from an image into a zip",
            "`tulle destroy`",
        ),
        (
            "A sibling ({id}) of this resource already has a variable path part -- only one is allowed",
            "before {id} goes",
            "deploy twice",
        ),
        ("Encountered a permissions error: AccessDenied", "do not allow", "doctor"),
        (
            ("1 validation error detected: Value '4096' at 'memorySize' failed to satisfy constraint: Member must have "
            "value less than or equal to 3008 'MemorySize' value failed to satisfy constraint: Member must have value "
            "less than or equal to 3008"),
            "new accounts get at most 3008",
            "memory_mb",
        ),
        (
            ("Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            "below its minimum value of [10]."),
            "less than 10 would be left",
            "reserve less",
        ),
        ("/aws/lambda/shop-dev already exists in stack arn:aws:x", "another stack", "name"),
        ("shop-dev already exists", "did not make it", "name"),
        ("A version for this Lambda function exists ( 3 ). Modify the function", "version 3", "by hand"),
        ("Unzipped size must be smaller than 262144000 bytes", "250 MB", "image"),
        ("Error occurred while GetObject. S3 Error Code: NoSuchKey.", "no longer in the artifact bucket", "sends"),
        ("CloudWatch Logs role ARN must be set in account settings to enable logging", "no role", "once"),
        ("Invalid issuer: https://x. Issuer must have a valid discovery endpoint ended with", "issuer", "openid"),
        ("Rate exceeded", "too much at once", "a minute"),
        (
            'Resource handler returned message: "Not there" (RequestToken: 1, HandlerErrorCode: NotFound)',
            "deleted by hand",
            "--drift",
        ),
        ("Maximum number of APIs reached", "as many of these as it may", "quota"),
    ],
)  # fmt: skip
def test_a_known_failure_is_explained(reason: str, means: str, do: str) -> None:
    cause = find_cause(reason)
    assert cause is not None
    assert means in cause.means
    assert do in cause.do


def test_an_unknown_failure_is_not_guessed_at() -> None:
    assert find_cause("Internal Failure") is None


def test_all_texts_name_only_what_their_pattern_finds() -> None:
    table = json.loads(
        files("tulle.deploy.stack").joinpath("causes.json").read_text(encoding="utf-8")
    )
    for row in table["causes"]:
        groups = dict.fromkeys(re.compile(row["pattern"]).groupindex, "x")
        assert row["means"].format_map(groups)
        assert row["do"].format_map(groups)
