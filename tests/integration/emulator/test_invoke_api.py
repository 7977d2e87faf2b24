"""boto3 against `tulle dev`: what AWS's Invoke API answers."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import InvocationResponseTypeDef

    from integration.emulator.dev_process import Dev

NAME = "my-function"
ARN = f"arn:aws:lambda:us-east-1:123456789012:function:{NAME}"


@pytest.fixture
def client(dev: Dev) -> Iterator[LambdaClient]:
    with dev.client() as client:
        yield client


def call(client: LambdaClient, **event: Any) -> InvocationResponseTypeDef:
    return client.invoke(FunctionName=NAME, Payload=json.dumps(event))


def result(response: InvocationResponseTypeDef) -> Any:
    return json.loads(response["Payload"].read())


def refusal(client: LambdaClient, **arguments: Any) -> Any:
    with pytest.raises(ClientError) as caught:
        client.invoke(**{"FunctionName": NAME, **arguments})
    return caught.value.response


def test_gives_the_functions_result(client: LambdaClient) -> None:
    response = call(client, do="echo", text="é", number=1.5, nothing=None)
    assert response["StatusCode"] == 200
    assert response["ExecutedVersion"] == "$LATEST"
    assert "FunctionError" not in response
    assert result(response) == {"do": "echo", "text": "é", "number": 1.5, "nothing": None}


@pytest.mark.parametrize(
    ("name", "arn"),
    [
        (NAME, ARN),
        ("function", ARN),
        (f"{NAME}:$LATEST", f"{ARN}:$LATEST"),
        (f"123456789012:function:{NAME}", ARN),
        (ARN, ARN),
        (f"{ARN}:$LATEST", f"{ARN}:$LATEST"),
    ],
)
def test_a_function_goes_by_every_name_that_aws_knows(
    client: LambdaClient, name: str, arn: str
) -> None:
    response = client.invoke(FunctionName=name, Payload='{"do": "describe"}')
    assert result(response)["arn"] == arn


def test_the_handler_learns_of_its_invocation(client: LambdaClient) -> None:
    context = base64.b64encode(b'{"custom": {"who": "\xc3\xa9"}}').decode()
    response = client.invoke(
        FunctionName=NAME,
        Qualifier="$LATEST",
        ClientContext=context,
        TenantId="green",
        Payload='{"do": "describe"}',
    )
    seen = result(response)
    assert seen["request_id"] == response["ResponseMetadata"]["RequestId"]
    assert seen["arn"] == f"{ARN}:$LATEST"
    assert seen["custom"] == {"who": "é"}
    assert seen["tenant"] == "green"
    assert (seen["name"], seen["version"], seen["memory"]) == (NAME, "$LATEST", "1024")
    assert 0 < seen["remaining_ms"] <= 2000
    assert seen["trace_id"].startswith("Root=1-")
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", seen["log_stream"])


def test_a_missing_payload_is_an_empty_event(client: LambdaClient) -> None:
    response = client.invoke(FunctionName=NAME)
    assert result(response)["errorMessage"] == "'do'"


def test_a_handlers_exception_is_a_function_error(client: LambdaClient) -> None:
    response = call(client, do="fail", message="no such thing")
    assert response["StatusCode"] == 200
    assert response["FunctionError"] == "Unhandled"
    error = result(response)
    assert error["errorType"] == "ValueError"
    assert error["errorMessage"] == "no such thing"
    assert error["requestId"] == response["ResponseMetadata"]["RequestId"]
    assert "in fail\n" in error["stackTrace"][-1]


def test_an_error_of_100_kb_is_carried_whole(client: LambdaClient) -> None:
    error = result(call(client, do="fail", message="x" * 100_000))
    assert error["errorMessage"] == "x" * 100_000


def test_a_result_that_is_no_json_is_a_marshal_error(client: LambdaClient) -> None:
    error = result(call(client, do="unserialisable"))
    assert error["errorType"] == "Runtime.MarshalError"


EXIT = "Runtime.ExitError"


@pytest.mark.parametrize(
    ("event", "error_type", "reason"),
    [
        ({"do": "leave", "code": 0}, EXIT, "Runtime exited without providing a reason"),
        ({"do": "leave_politely"}, EXIT, "Runtime exited without providing a reason"),
        ({"do": "leave", "code": 3}, EXIT, "Runtime exited with error: exit status 3"),
        ({"do": "die", "signal": "SIGKILL"}, EXIT, "Runtime exited with error: signal: killed"),
        ({"do": "die", "signal": "SIGTERM"}, EXIT, "Runtime exited with error: signal: terminated"),
        ({"do": "sleep", "s": 30}, "Sandbox.Timedout", "Task timed out after 2.00 seconds"),
    ],
)
def test_each_way_to_fail_gives_awss_payload_and_the_next_call_works(
    client: LambdaClient, event: dict[str, Any], error_type: str, reason: str
) -> None:
    response = call(client, **event)
    request_id = response["ResponseMetadata"]["RequestId"]
    assert response["FunctionError"] == "Unhandled"
    assert result(response) == {
        "errorType": error_type,
        "errorMessage": f"RequestId: {request_id} Error: {reason}",
    }
    assert result(call(client, do="count"))["count"] == 1


def test_a_result_of_6_mb_is_carried_and_a_larger_one_is_an_error(client: LambdaClient) -> None:
    limit = 6 * 1024 * 1024 + 100
    assert len(result(call(client, do="large", bytes=limit - 2))) == limit - 2
    response = call(client, do="large", bytes=limit - 1)
    assert result(response)["errorType"] == "Function.ResponseSizeTooLarge"
    assert result(call(client, do="pong")) == "PONG"


def test_the_log_tail_holds_what_the_invocation_logged(client: LambdaClient) -> None:
    call(client, do="pong")
    response = client.invoke(
        FunctionName=NAME, LogType="Tail", Payload='{"do": "say", "text": "é"}'
    )
    request_id = response["ResponseMetadata"]["RequestId"]
    start, said, end, report, rest = base64.b64decode(response["LogResult"]).decode().split("\n")
    assert start == f"START RequestId: {request_id} Version: $LATEST"
    assert said == "é"
    assert end == f"END RequestId: {request_id}"
    assert re.fullmatch(
        rf"REPORT RequestId: {request_id}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms"
        r"\tMemory Size: 1024 MB\tMax Memory Used: \d+ MB\t",
        report,
    )
    assert rest == ""


def test_the_log_tail_begins_with_the_invocation_also_in_a_fresh_process(
    client: LambdaClient,
) -> None:
    call(client, do="leave", code=1)
    response = client.invoke(FunctionName=NAME, LogType="Tail", Payload='{"do": "pong"}')
    first, *_, report, _ = base64.b64decode(response["LogResult"]).decode().split("\n")
    assert first.startswith("START RequestId: ")
    assert report.startswith("REPORT ")
    assert "Init Duration" not in report  # as on Lambda, in an environment that is not new


def test_the_log_tail_is_the_last_4_kb(client: LambdaClient) -> None:
    response = client.invoke(
        FunctionName=NAME,
        LogType="Tail",
        Payload=json.dumps({"do": "say", "text": "x" * 10_000}),
    )
    tail = base64.b64decode(response["LogResult"])
    assert len(tail) == 4096
    assert tail.startswith(b"xxx")
    assert b"REPORT" in tail


def test_a_dry_run_runs_nothing(client: LambdaClient) -> None:
    before = result(call(client, do="count"))
    response = client.invoke(FunctionName=NAME, InvocationType="DryRun", Payload='{"do": "count"}')
    assert response["StatusCode"] == 204
    assert result(call(client, do="count"))["count"] == before["count"] + 1


def test_an_event_is_accepted_and_then_run(dev: Dev, client: LambdaClient) -> None:
    response = client.invoke(
        FunctionName=NAME,
        InvocationType="Event",
        Payload='{"do": "say", "text": "in the background"}',
    )
    assert response["StatusCode"] == 202
    assert response["Payload"].read() == b""
    dev.wait_for_log("in the background")
    dev.wait_for_log(f"END RequestId: {response['ResponseMetadata']['RequestId']}")


@pytest.mark.parametrize("arguments", [{"FunctionName": "other"}, {"Qualifier": "7"}])
def test_another_function_or_version_is_not_found(
    client: LambdaClient, arguments: dict[str, str]
) -> None:
    response = refusal(client, **arguments)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert response["Error"]["Code"] == "ResourceNotFoundException"
    assert response["Error"]["Message"].startswith("Function not found: arn:aws:lambda:us-east-1:")


@pytest.mark.parametrize("payload", [b"{", b"\xff", b'{"a": NaN}', b"[" * 100_000])
def test_a_payload_that_is_no_json_is_refused(client: LambdaClient, payload: bytes) -> None:
    with pytest.raises(client.exceptions.InvalidRequestContentException) as caught:
        client.invoke(FunctionName=NAME, Payload=payload)
    response: Any = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["Type"] == "User"
    assert response["Error"]["Message"].startswith(
        "Could not parse request body into json: Could not parse payload into json: "
    )


@pytest.mark.parametrize("context", ["***", "WzFd", base64.b64encode(b"{}" * 2000).decode()])
def test_a_bad_client_context_is_refused(client: LambdaClient, context: str) -> None:
    response = refusal(client, ClientContext=context)
    assert response["Error"]["Code"] == "InvalidRequestContentException"


@pytest.mark.parametrize(
    ("invocation_type", "limit_bytes"),
    [("RequestResponse", 6 * 1024 * 1024), ("Event", 1024 * 1024)],
)
def test_a_payload_over_the_limit_is_refused(
    client: LambdaClient, invocation_type: str, limit_bytes: int
) -> None:
    payload = b'"' + b"x" * (limit_bytes - 1) + b'"'
    response = refusal(client, InvocationType=invocation_type, Payload=payload)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert response["Error"]["Code"] == "RequestEntityTooLargeException"
    assert str(limit_bytes) in response["Error"]["Message"]


@pytest.mark.parametrize(
    ("header", "parameter", "choices"),
    [
        ("X-Amz-Invocation-Type", "invocationType", "[Event, RequestResponse, DryRun]"),
        ("X-Amz-Log-Type", "logType", "[None, Tail]"),
    ],
)
def test_an_unknown_choice_is_refused(dev: Dev, header: str, parameter: str, choices: str) -> None:
    path = f"/2015-03-31/functions/{NAME}/invocations"
    answer = dev.request("POST", path, b"{}", ((header, "Later"),))
    assert answer.status == 400
    assert answer.headers["x-amzn-ErrorType"] == "ValidationException"
    assert answer.json == {
        "message": f"1 validation error detected: Value 'Later' at '{parameter}' failed to satisfy "
        f"constraint: Member must satisfy enum value set: {choices}"
    }


def test_answers_have_the_headers_that_aws_gives(dev: Dev) -> None:
    path = f"/2015-03-31/functions/{NAME}/invocations"
    for kind, status in (("RequestResponse", 200), ("Event", 202), ("DryRun", 204)):
        headers = (("X-Amz-Invocation-Type", kind), ("X-Amz-Log-Type", "Tail"))
        answer = dev.request("POST", path, b'{"do": "pong"}', headers)
        assert answer.status == status
        assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-amzn-RequestId"])
        assert answer.headers["x-amzn-Remapped-Content-Length"] == "0"
        assert answer.headers["X-Amzn-Trace-Id"].startswith("root=1-")
        was_waited_for = kind == "RequestResponse"
        assert ("X-Amz-Executed-Version" in answer.headers) == was_waited_for
        assert ("X-Amz-Log-Result" in answer.headers) == was_waited_for
        assert bool(answer.body) == was_waited_for


def test_the_handler_learns_of_the_tenant_and_if_it_is_waited_for_of_the_client(
    dev: Dev, client: LambdaClient
) -> None:
    context = base64.b64encode(b'{"custom": {"who": "you"}}').decode()
    for kind in ("RequestResponse", "Event"):
        client.invoke(
            FunctionName=NAME,
            InvocationType=kind,
            ClientContext=context,
            TenantId="blue",
            Payload=json.dumps({"do": "say_caller", "as": kind}),
        )
    dev.wait_for_log("RequestResponse: {'who': 'you'} blue")
    dev.wait_for_log("Event: None blue")


def test_a_bad_tenant_is_refused(dev: Dev) -> None:
    path = f"/2015-03-31/functions/{NAME}/invocations"
    for tenant in ("a" * 257, "a,b"):
        answer = dev.request("POST", path, b"{}", (("X-Amz-Tenant-Id", tenant),))
        assert answer.status == 400
        assert f"Value '{tenant}' at 'tenantId'" in answer.json["message"]


@pytest.mark.parametrize("method", ["POST", "GET", "PUT", "PATCH", "DELETE"])
def test_the_path_of_awss_own_emulator_takes_any_method(dev: Dev, method: str) -> None:
    path = "/2015-03-31/functions/function/invocations"
    assert dev.request(method, path, b'{"do": "pong"}').json == "PONG"


def test_the_path_of_awss_own_emulator_works(dev: Dev) -> None:
    assert dev.invoke({"do": "pong"}).json == "PONG"
