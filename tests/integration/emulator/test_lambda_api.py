"""boto3 against `tulle dev`: what the Lambda API says of the function."""

from __future__ import annotations

import os
import platform
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from integration.emulator.dev_process import running_dev

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mypy_boto3_lambda import LambdaClient

    from integration.emulator.dev_process import Dev

NAME = "my-function"
ARN = f"arn:aws:lambda:us-east-1:123456789012:function:{NAME}"


@pytest.fixture
def client(dev: Dev) -> Iterator[LambdaClient]:
    with dev.client() as client:
        yield client


def body(response: Any) -> Any:
    return {key: value for key, value in response.items() if key != "ResponseMetadata"}


def test_a_function_has_the_configuration_that_it_runs_under(client: LambdaClient) -> None:
    described = body(client.get_function_configuration(FunctionName=NAME))
    assert re.fullmatch(r"[A-Za-z0-9+/]{43}=", described.pop("CodeSha256"))
    assert re.fullmatch(r"[0-9a-f-]{36}", described.pop("RevisionId"))
    assert described.pop("CodeSize") > 1000
    modified = described.pop("LastModified")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", modified)
    assert described == {
        "FunctionName": NAME,
        "FunctionArn": ARN,
        "Runtime": f"python3.{sys.version_info.minor}",
        "Role": "arn:aws:iam::123456789012:role/local",
        "Handler": "lambda_function.lambda_handler",
        "Description": "",
        "Timeout": 2,
        "MemorySize": 1024,
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": ["arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "RuntimeVersionConfig": {
            "RuntimeVersionArn": "arn:aws:lambda:us-east-1::runtime:" + "0" * 64
        },
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{NAME}"},
    }


def test_a_function_is_its_configuration_its_code_and_its_concurrency(
    dev: Dev, client: LambdaClient
) -> None:
    function = client.get_function(FunctionName=NAME)
    assert function["Configuration"] == body(client.get_function_configuration(FunctionName=NAME))
    assert function["Code"] == {"RepositoryType": "S3", "Location": dev.folder.as_uri()}
    assert function["Concurrency"] == {"ReservedConcurrentExecutions": 10}
    assert body(client.get_function_concurrency(FunctionName=NAME)) == {
        "ReservedConcurrentExecutions": 10
    }


def test_the_arn_has_the_version_that_was_asked_for(client: LambdaClient) -> None:
    qualified = client.get_function(FunctionName=NAME, Qualifier="$LATEST")
    assert qualified["Configuration"]["FunctionArn"] == f"{ARN}:$LATEST"
    by_arn = client.get_function_configuration(FunctionName=f"{ARN}:$LATEST")
    assert by_arn["FunctionArn"] == f"{ARN}:$LATEST"


def test_lists_hold_the_function_without_its_state(client: LambdaClient) -> None:
    alone = body(client.get_function_configuration(FunctionName=NAME))
    listed = {
        key: value
        for key, value in alone.items()
        if key not in {"State", "LastUpdateStatus", "RuntimeVersionConfig"}
    }
    qualified = {**listed, "FunctionArn": f"{ARN}:$LATEST"}
    assert body(client.list_functions()) == {"Functions": [listed]}
    assert body(client.list_functions(FunctionVersion="ALL")) == {"Functions": [qualified]}
    assert body(client.list_versions_by_function(FunctionName=NAME)) == {"Versions": [qualified]}
    assert body(client.list_aliases(FunctionName=NAME)) == {"Aliases": []}
    assert body(client.list_tags(Resource=ARN)) == {"Tags": {}}
    pages = client.get_paginator("list_functions").paginate()
    assert [function["FunctionName"] for page in pages for function in page["Functions"]] == [NAME]


def test_the_account_has_lambdas_quotas(client: LambdaClient) -> None:
    settings = client.get_account_settings()
    assert settings["AccountLimit"] == {
        "TotalCodeSize": 300 * 1024**3,
        "CodeSizeUnzipped": 262144000,
        "CodeSizeZipped": 52428800,
        "ConcurrentExecutions": 1000,
        "UnreservedConcurrentExecutions": 990,
    }
    assert settings["AccountUsage"]["FunctionCount"] == 1


@pytest.mark.parametrize(
    "name",
    ["function_exists", "function_active_v2", "function_updated_v2", "function_active",
     "function_updated", "published_version_active"],
)  # fmt: skip
def test_waiters_have_nothing_to_wait_for(client: LambdaClient, name: Any) -> None:
    client.get_waiter(name).wait(FunctionName=NAME, WaiterConfig={"MaxAttempts": 1})


def test_variables_are_shown_and_changed_code_has_another_hash(functions: Path) -> None:
    options = ("--handler", "lambda_function.lambda_handler", "--env", "COLOUR=blue")
    with running_dev(functions, *options) as dev, dev.client() as client:
        before = client.get_function_configuration(FunctionName=NAME)
        assert before["Environment"] == {"Variables": {"COLOUR": "blue"}}
        (functions / "more.py").write_text("")
        os.utime(functions / "more.py", (4e9, 4e9))
        after = client.get_function_configuration(FunctionName=NAME)
    assert after["CodeSha256"] != before["CodeSha256"]
    assert after["RevisionId"] != before["RevisionId"]
    assert after["LastModified"] == "2096-10-02T07:06:40.000+0000"


@pytest.mark.parametrize(
    ("arguments", "arn"),
    [
        ({"FunctionName": "other"}, ARN.replace(NAME, "other")),
        ({"FunctionName": "x" * 65}, ARN.replace(NAME, "x" * 65)),
        ({"FunctionName": NAME, "Qualifier": "7"}, f"{ARN}:7"),
        ({"FunctionName": f"{NAME}:live"}, f"{ARN}:live"),
    ],
)
def test_what_is_not_there_is_told_in_awss_words(
    client: LambdaClient, arguments: Any, arn: str
) -> None:
    for call in (client.get_function, client.get_function_configuration, client.invoke):
        with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
            call(**arguments)
        # To invoke is to invoke a version, so there the ARN always has one.
        said = arn if call != client.invoke or arn.count(":") == 7 else f"{arn}:$LATEST"
        response: Any = caught.value.response
        assert response["Error"]["Message"] == response["Message"] == f"Function not found: {said}"
        assert response["Type"] == "User"
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_contradiction_is_told_in_awss_words(client: LambdaClient) -> None:
    for call in (client.get_function, client.invoke):
        with pytest.raises(client.exceptions.InvalidParameterValueException) as caught:
            call(FunctionName=f"{ARN}:$LATEST", Qualifier="1")
        assert str(caught.value).endswith(
            "The derived qualifier from the function name does not match the specified qualifier."
        )


def test_a_region_is_the_clients(dev: Dev) -> None:
    foreign = ARN.replace("us-east-1", "eu-west-1")
    with dev.client() as client, pytest.raises(ClientError, match="not reachable in this region"):
        client.invoke(FunctionName=foreign)
    with dev.client(region="eu-west-1") as client:
        assert client.invoke(FunctionName=foreign, Payload='{"do": "pong"}')["StatusCode"] == 200


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("publish_version", {"FunctionName": NAME}),
        ("get_alias", {"FunctionName": NAME, "Name": "live"}),
        ("create_function", {"FunctionName": "x", "Role": ARN, "Code": {}}),
        ("list_layers", {}),
        ("invoke_with_response_stream", {"FunctionName": NAME}),
    ],
)
def test_what_the_local_lambda_does_not_have_it_says(
    client: LambdaClient, operation: str, arguments: Any
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(client, operation)(**arguments)
    error = caught.value
    assert error.response["Error"]["Code"] == "NotImplementedException"
    expected = f"The local Lambda does not have {error.operation_name}. It has "
    assert error.response["Error"]["Message"].startswith(expected)
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_what_is_no_operation_is_none_of_the_gateways_business(dev: Dev) -> None:
    answer = dev.request("PATCH", f"/2015-03-31/functions/{NAME}")
    assert answer.status == 403
    assert answer.headers["x-amzn-ErrorType"] == "AccessDeniedException"
    assert answer.json == {"Message": "Unable to determine service/operation name to be authorized"}
    assert dev.request("GET", "/2015-04-01/functions").json == {"message": "Not Found"}


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_to_look_is_not_to_call(dev: Dev, method: str) -> None:
    before = dev.invoke({"do": "count"}).json["count"]
    answer = dev.request(method, "/2015-03-31/functions/function/invocations", b'{"do": "count"}')
    assert (answer.status, answer.headers["Allow"], answer.body) == (204, "POST", b"")
    assert dev.invoke({"do": "count"}).json["count"] == before + 1


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (("Origin", "https://example.com"), 403),
        (("Origin", "null"), 403),
        (("Origin", "http://localhost.example.com:8000"), 403),
        (("Origin", "http://[::1"), 403),
        (("Sec-Fetch-Site", "cross-site"), 403),
        (("Origin", "http://localhost:3000"), 200),
        (("Origin", "http://127.0.0.1"), 200),
        (("Sec-Fetch-Site", "same-origin"), 200),
    ],
)
def test_a_page_of_another_site_cannot_run_the_function(
    dev: Dev, header: tuple[str, str], status: int
) -> None:
    path = "/2015-03-31/functions/function/invocations"
    assert dev.request("POST", path, b'{"do": "pong"}', (header,)).status == status
