"""The AWS CLI against `tulle dev`: what people type, and what they see."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.dev_process import running_dev

if TYPE_CHECKING:
    from pathlib import Path

    from integration.emulator.dev_process import Dev

NAME = "my-function"


def aws(dev: Dev, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `aws lambda` in a folder, with no settings but these."""
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AWS_ENDPOINT_URL": dev.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_PAGER": "",
    }
    return subprocess.run(
        [sys.executable, "-m", "awscli", "lambda", *words],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def shown(done: subprocess.CompletedProcess[str]) -> Any:
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def invoke(dev: Dev, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return aws(dev, folder, "invoke", "--function-name", NAME, *words, "out.json")


def test_invoke_writes_the_result_and_shows_the_rest(dev: Dev, tmp_path: Path) -> None:
    event = '{"do": "say", "text": "é"}'
    done = invoke(dev, tmp_path, "--payload", event, "--log-type", "Tail")
    answer = shown(done)
    log = base64.b64decode(answer.pop("LogResult")).decode()
    assert answer == {"StatusCode": 200, "ExecutedVersion": "$LATEST"}
    assert (tmp_path / "out.json").read_text() == '"said"'
    assert "\né\nEND RequestId: " in log


def test_invoke_shows_that_the_function_failed(dev: Dev, tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text('{"do": "fail", "message": "no"}')
    answer = shown(invoke(dev, tmp_path, "--payload", "file://event.json"))
    assert answer == {
        "StatusCode": 200,
        "FunctionError": "Unhandled",
        "ExecutedVersion": "$LATEST",
    }
    assert json.loads((tmp_path / "out.json").read_text())["errorType"] == "ValueError"


@pytest.mark.parametrize(("kind", "status"), [("Event", 202), ("DryRun", 204)])
def test_invoke_does_not_wait_for_an_event_or_a_dry_run(
    dev: Dev, tmp_path: Path, kind: str, status: int
) -> None:
    event = json.dumps({"do": "say", "text": f"from the command line by {kind}"})
    answer = shown(invoke(dev, tmp_path, "--invocation-type", kind, "--payload", event))
    assert answer == {"StatusCode": status}
    assert (tmp_path / "out.json").read_bytes() == b""
    if kind == "Event":
        dev.wait_for_log("from the command line by Event")
    assert "from the command line by DryRun" not in dev.log


def test_the_function_is_shown(dev: Dev, tmp_path: Path) -> None:
    function = shown(aws(dev, tmp_path, "get-function", "--function-name", NAME))
    listed = shown(aws(dev, tmp_path, "list-functions"))["Functions"]
    assert function["Configuration"]["Handler"] == "lambda_function.lambda_handler"
    assert [row["FunctionArn"] for row in listed] == [function["Configuration"]["FunctionArn"]]
    done = aws(dev, tmp_path, "wait", "function-active-v2", "--function-name", NAME)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("words", "code", "operation", "text"),
    [
        (
            ("invoke", "--function-name", "other", "out.json"),
            "ResourceNotFoundException",
            "Invoke",
            "Function not found: arn:aws:lambda:us-east-1:123456789012:function:other:$LATEST",
        ),
        (
            ("get-function", "--function-name", "my function"),
            "ValidationException",
            "GetFunction",
            "1 validation error detected: Value 'my function' at 'functionName' failed to satisfy",
        ),
        (
            ("invoke", "--function-name", NAME, "--payload", "Hello World", "out.json"),
            "InvalidRequestContentException",
            "Invoke",
            "Could not parse request body into json: Could not parse payload into json: Unrecognized",
        ),
        (
            ("publish-version", "--function-name", NAME),
            "NotImplementedException",
            "PublishVersion",
            "The local Lambda does not have PublishVersion. It has ",
        ),
    ],
)
def test_an_error_is_shown_as_aws_has_it(
    dev: Dev, tmp_path: Path, words: tuple[str, ...], code: str, operation: str, text: str
) -> None:
    done = aws(dev, tmp_path, *words)
    assert done.returncode != 0
    assert (
        f"An error occurred ({code}) when calling the {operation} operation: {text}" in done.stderr
    )


def test_above_the_limit_it_says_so(functions: Path, shared: Path, tmp_path: Path) -> None:
    options = ("--handler", "lambda_function.lambda_handler", "--concurrency", "1")
    with running_dev(functions, *options) as dev:
        event = json.dumps({"do": "wait_for", "file": str(shared / "go")})
        shown(invoke(dev, tmp_path, "--invocation-type", "Event", "--payload", event))
        dev.wait_for_log(" waits")
        done = invoke(dev, tmp_path)
        (shared / "go").touch()
    assert "An error occurred (TooManyRequestsException) when calling the Invoke" in done.stderr
    assert done.stderr.strip().endswith("Rate Exceeded.")
