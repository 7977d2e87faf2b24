"""Owns the cases of what a function is given, what it is told, and what it keeps."""

from __future__ import annotations

import base64

from integration.emulator.differential.case import Case, Difference, event
from integration.emulator.differential.cases_of_failures import STATUS_502
from integration.emulator.differential.sides import Setup

__all__ = ["CASES"]

_LIMIT = 6 * 1024 * 1024
_BODIES = {
    "null": b"null",
    "a number": b"1.50",
    "text": b'"x"',
    "a list": b"[]",
    "an object with white space": b" \n{ } \n",
    "unicode": '{"é": "中 🎉"}'.encode(),
    "a key twice": b'{"a": 1, "a": 2}',
    "nested 300 deep": b"[" * 300 + b"]" * 300,
    "a number too large": b"1e999",
    "the largest size": b'"' + b"x" * (_LIMIT - 2) + b'"',
}
_CHECKED = "AWS checks the payload first and answers 400 InvalidRequestContentException: LocalStack's recordings of AWS"
_CHECKED_CONTEXT = "AWS refuses a client context that is no JSON object"


def _refused(name: str, body: bytes, message: str) -> Case:
    error = (
        f'{{"errorMessage": "Unable to unmarshal input: {message}", "errorType": "Runtime.UnmarshalError", '
        '"requestId": "<id>", "stackTrace": []}'
    )
    return Case(
        name=f"input: {name}",
        body=body,
        status=400,
        differences=(
            Difference(where="status", rie=200, fact=_CHECKED),
            Difference(where="payload", rie=error, fact=_CHECKED),
            Difference(
                where="log",
                rie=f"[ERROR] Runtime.UnmarshalError: Unable to unmarshal input: {message}\n"
                "Traceback (most recent call last):",
                fact="so the function does not run",
            ),
        ),
    )


_VALUE_EXPECTED = "Expecting value: line 1 column 1 (char 0)"
_INPUT = (
    *(Case(name=f"input: {name}", body=body) for name, body in _BODIES.items()),
    Case(
        name="input: none",
        body=b"",
        aws='{"got": {}}',
        differences=(
            Difference(
                where="payload",
                rie='{"errorMessage": "Unable to unmarshal input: '
                + _VALUE_EXPECTED
                + '", "errorType": '
                '"Runtime.UnmarshalError", "requestId": "<id>", "stackTrace": []}',
                fact="boto3's Payload may be left out: AWS then hands over an empty object",
            ),
            Difference(
                where="log",
                rie=f"[ERROR] Runtime.UnmarshalError: Unable to unmarshal input: {_VALUE_EXPECTED}\n"
                "Traceback (most recent call last):",
                fact="the same",
            ),
        ),
    ),
    _refused("no JSON", b"not json", _VALUE_EXPECTED),
    _refused("NaN", b"NaN", _VALUE_EXPECTED),
    _refused(
        "no UTF-8",
        b"\xff",
        "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
    ),
    _refused(
        "more than one value",
        b"{}{}",
        "Extra data: line 1 column 3 - line 1 column 5 (char 2 - 4)",
    ),
    Case(
        name="input: over the largest size",
        body=b'"' + b"x" * (_LIMIT - 1) + b'"',
        status=413,
        differences=(
            Difference(
                where="status",
                rie=200,
                fact="AWS: Request must be smaller than 6291456 bytes for the InvokeFunction operation",
            ),
            Difference(
                where="payload",
                rie='{"got": "' + "x" * (_LIMIT - 1) + '"}',
                fact="the same",
            ),
        ),
    ),
)


def _context(text: str) -> dict[str, str]:
    return {"X-Amz-Client-Context": base64.b64encode(text.encode()).decode()}


_CONTEXT = (
    *(
        Case(
            name=f"client context: {text}",
            body=event("told.client_context"),
            headers=_context(text),
        )
        for text in (
            "{}",
            '{"custom": {"a": "b"}}',
            '{"custom": {"é": "中"}, "env": {"x": 1}, "client": {"installation_id": "i", "app_title": "t"}}',
        )
    ),
    Case(
        name="client context: no JSON",
        body=event("told.client_context"),
        headers=_context("nope"),
        status=400,
        differences=(
            Difference(where="status", rie=200, fact=_CHECKED_CONTEXT),
            Difference(
                where="payload",
                rie='{"errorMessage": "Unable to parse Client Context JSON: '
                + _VALUE_EXPECTED
                + '", '
                '"errorType": "Runtime.LambdaContextUnmarshalError", "requestId": "<id>", "stackTrace": []}',
                fact=_CHECKED_CONTEXT,
            ),
            Difference(
                where="log",
                rie="[ERROR] Runtime.LambdaContextUnmarshalError: Unable to parse Client Context JSON: "
                f"{_VALUE_EXPECTED}\nTraceback (most recent call last):",
                fact=_CHECKED_CONTEXT,
            ),
        ),
    ),
    Case(
        name="client context: no base64",
        body=event("told.client_context"),
        headers={"X-Amz-Client-Context": "%%%"},
        status=400,
        differences=(
            Difference(where="status", rie=500, fact=_CHECKED_CONTEXT),
            Difference(where="payload", rie="", fact=_CHECKED_CONTEXT),
        ),
    ),
)


def _field(name: str, *, aws: str, rie: str | None = None, fact: str = "") -> Case:
    differences = (Difference(where="payload", rie=rie, fact=fact),) if rie else ()
    return Case(
        name=f"context: {name}",
        body=event("told.field", name=name),
        aws=aws,
        differences=differences,
    )


_TOLD = (
    Case(name="context: all", body=event("told.describe")),
    _field("function_name", aws='"function-under-test"'),
    _field("function_version", aws='"$LATEST"'),
    _field("memory_limit_in_mb", aws='"512"'),
    _field("aws_request_id", aws='"<id>"'),
    _field("tenant_id", aws="null"),
    Case(
        name="context: tenant_id of a caller that names one",
        body=event("told.field", name="tenant_id"),
        headers={"X-Amz-Tenant-Id": "blue"},
        aws='"blue"',
    ),
    _field(
        "invoked_function_arn",
        aws='"arn:aws:lambda:us-east-1:123456789012:function:function-under-test"',
        rie='"arn:aws:lambda:us-east-1:012345678912:function:function-under-test"',
        fact="an account of an example, in both",
    ),
    _field(
        "log_group_name",
        aws='"/aws/lambda/function-under-test"',
        rie='"/aws/lambda/Functions"',
        fact="AWS's default group holds the function's name: Lambda Developer Guide, configuration-envvars",
    ),
    _field(
        "log_stream_name",
        aws='"<stream>"',
        rie='"$LATEST"',
        fact="AWS's stream holds the day and the environment: LocalStack's recordings of AWS, 2026-01-12",
    ),
    Case(name="context: remaining time", body=event("told.remaining_time", limit_s=20)),
    Case(name="process", body=event("told.process")),
    Case(
        name="variable: the trace",
        body=event("told.variables", names=["_X_AMZN_TRACE_ID"]),
        aws='{"_X_AMZN_TRACE_ID": "<trace>"}',
        differences=(
            Difference(
                where="payload",
                rie='{"_X_AMZN_TRACE_ID": null}',
                fact="AWS always sets it: LocalStack's recordings of AWS, 2026-01-12",
            ),
        ),
    ),
    *(
        Case(
            name=f"variable: {name}",
            body=event("told.variables", names=[name]),
            aws=f'{{"{name}": "{aws}"}}',
            differences=(
                Difference(
                    where="payload",
                    rie=f'{{"{name}": null}}',
                    fact="AWS sets it: LocalStack's recordings of AWS, 2026-01-12",
                ),
            ),
        )
        for name, aws in {
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "LAMBDA_TASK_ROOT": "/var/task",
        }.items()
    ),
    *(
        Case(name=f"variable: {name}", body=event("told.variables", names=[name]))
        for name in (
            "_HANDLER",
            "AWS_EXECUTION_ENV",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            "AWS_LAMBDA_FUNCTION_NAME",
            "AWS_LAMBDA_FUNCTION_VERSION",
            "TZ",
            "LANG",
            "LC_CTYPE",
            "HOME",
            "USER",
            "VIRTUAL_ENV",
        )
    ),
)

_OWN = Setup(variables=(("OWN", "given"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9")))
_KEPT = (
    Case(name="keep: a global", body=event("lasts.keep", what="kept")),
    Case(name="keep: the directory", body=event("lasts.change_directory")),
    Case(
        name="keep: a variable",
        body=event("lasts.set_variable"),
        then=event("told.variables", names=["OWN"]),
    ),
    Case(
        name="keep: a file, over a crash",
        body=event("lasts.put_file_and_leave"),
        fails=True,
        then=event("lasts.take_file"),
        differences=(STATUS_502,),
    ),
    Case(
        name="variables of its own",
        body=event("told.variables", names=["OWN", "AWS_ENDPOINT_URL"]),
        setup=_OWN,
    ),
    Case(name="variables: all dropped", body=event("lasts.drop_variables"), setup=_OWN),
)

_TYPES = tuple(
    Case(
        name=f"invocation type: {invocation_type}",
        setup=Setup(concurrency=2),
        body=event("logs.say", texts=["ran\n"]),
        headers={"X-Amz-Invocation-Type": invocation_type},
        status=status,
        aws="",
        then=event(
            "results.result", which="none"
        ),  # in another environment, should one still be busy
        differences=(
            Difference(where="status", rie=200, fact=fact),
            Difference(where="payload", rie='"said"', fact=fact),
            *log,
        ),
    )
    for invocation_type, status, fact, log in (
        (
            "Event",
            202,
            "AWS takes an Event and answers before it runs: botocore's service model",
            (),
        ),
        (
            "DryRun",
            204,
            "AWS runs nothing: botocore's service model",
            (Difference(where="log", rie="ran", fact="so nothing is logged"),),
        ),
    )
)

CASES = (*_INPUT, *_CONTEXT, *_TOLD, *_KEPT, *_TYPES)
