"""boto3 against `tulle dev`: how events are tried again, asked for and changed."""

from __future__ import annotations

import json
from datetime import datetime
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
ARN = f"arn:aws:lambda:us-east-1:123456789012:function:{NAME}:$LATEST"
HANDLER = ("--handler", "lambda_function.lambda_handler")


@pytest.fixture
def client(dev: Dev) -> Iterator[LambdaClient]:
    with dev.client() as client:
        yield client


def body(response: Any) -> Any:
    return {key: value for key, value in response.items() if key != "ResponseMetadata"}


def config(**settings: int) -> dict[str, object]:
    return {
        "FunctionArn": ARN,
        "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
        **settings,
    }


def test_a_config_can_be_set_changed_and_removed(client: LambdaClient) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_function_event_invoke_config(FunctionName=NAME)
    assert str(caught.value).endswith(f"The function {ARN} doesn't have an EventInvokeConfig")
    assert (
        client.list_function_event_invoke_configs(FunctionName=NAME)["FunctionEventInvokeConfigs"]
        == []
    )

    put = body(client.put_function_event_invoke_config(FunctionName=NAME, MaximumRetryAttempts=0))
    assert isinstance(put.pop("LastModified"), datetime)
    assert put == config(MaximumRetryAttempts=0)
    client.put_function_event_invoke_config(FunctionName=NAME, MaximumEventAgeInSeconds=60)
    client.update_function_event_invoke_config(FunctionName=NAME, MaximumRetryAttempts=1)
    got = body(client.get_function_event_invoke_config(FunctionName=NAME, Qualifier="$LATEST"))
    listed = client.list_function_event_invoke_configs(FunctionName=NAME)
    assert listed["FunctionEventInvokeConfigs"] == [got]
    got.pop("LastModified")
    assert got == config(MaximumRetryAttempts=1, MaximumEventAgeInSeconds=60)

    client.delete_function_event_invoke_config(FunctionName=NAME)
    for gone in (
        client.get_function_event_invoke_config,
        client.delete_function_event_invoke_config,
    ):
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            gone(FunctionName=NAME)


INVALID = "InvalidParameterValueException"
QUEUE = {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:123456789012:queue"}}


@pytest.mark.parametrize(
    ("settings", "code", "text"),
    [
        ({"FunctionName": "other"}, "ResourceNotFoundException", "The function doesn't exist."),
        ({}, INVALID, "You must specify at least one of error handling or destination setting."),
        ({"DestinationConfig": QUEUE}, INVALID, "The local Lambda has no destinations; "),
        (
            {"MaximumRetryAttempts": 3},
            "ValidationException",
            "Value '3' at 'maximumRetryAttempts' failed to satisfy constraint: Member must have value",
        ),
        (
            {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 21601},
            "ValidationException",
            "2 validation errors detected: Value '3' at 'maximumRetryAttempts'",
        ),
    ],
)
def test_a_config_that_cannot_be_is_refused(
    client: LambdaClient, settings: dict[str, Any], code: str, text: str
) -> None:
    with pytest.raises(ClientError) as caught:
        client.put_function_event_invoke_config(**{"FunctionName": NAME, **settings})
    assert caught.value.response["Error"]["Code"] == code
    assert text in caught.value.response["Error"]["Message"]


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b'{"MaximumEventAgeInSeconds": 59}'])
def test_what_boto3_would_not_even_send_is_refused(dev: Dev, sent: bytes) -> None:
    path = f"/2019-09-25/functions/{NAME}/event-invoke-config"
    assert dev.request("PUT", path, sent).status == 400


def test_the_options_are_a_config_and_a_change_counts_at_once(functions: Path) -> None:
    options = ("--event-retries", "2", "--event-max-age-s", "600", "--event-retry-wait-s", "0")
    with running_dev(functions, *HANDLER, *options) as dev, dev.client() as client:
        got = client.get_function_event_invoke_config(FunctionName=NAME)
        assert (got["MaximumRetryAttempts"], got["MaximumEventAgeInSeconds"]) == (2, 600)
        client.update_function_event_invoke_config(FunctionName=NAME, MaximumRetryAttempts=0)
        event = json.dumps({"do": "fail", "message": "no"})
        client.invoke(FunctionName=NAME, InvocationType="Event", Payload=event)
        dev.wait_for_log("given up after 1 attempt (RetriesExhausted)")
