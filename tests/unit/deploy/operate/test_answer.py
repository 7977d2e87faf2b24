"""What a deployed function answers, read: predictions, and failures with what to do about them."""

from __future__ import annotations

import json

import pytest

from tulle.aws.endpoint import HttpAnswer
from tulle.deploy.live.answer import Failure, Prediction, read_failure, read_prediction
from tulle.deploy.live.function_failure import failed, refused_over_http


def test_a_prediction() -> None:
    found = read_prediction(b'{"category": "pants", "scores": {"hat": 0.25, "pants": 1}}')
    assert found == Prediction(category="pants", scores=(("hat", 0.25), ("pants", 1)))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"pants",
        b"\xff",
        b"[]",
        b"{}",
        b'{"category": "pants"}',
        b'{"category": 3, "scores": {"a": 1}}',
        b'{"category": "a", "scores": {}}',
        b'{"category": "a", "scores": {"a": true}}',
        b'{"category": "a", "scores": {"a": "1"}}',
        b'{"statusCode": 200, "body": "{}"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_prediction(body: bytes) -> None:
    assert read_prediction(body) is None


def failure_of(**said: object) -> Failure:
    return read_failure(json.dumps(said).encode())


def test_a_handlers_exception() -> None:
    failure = failure_of(
        errorMessage="oh",
        errorType="ValueError",
        requestId="r-1",
        stackTrace=['  File "/var/task/a.py", line 2, in b\n    raise\n'],
    )
    assert (failure.error_type, failure.message) == ("ValueError", "oh")
    assert not failure.while_starting
    assert not failure.is_platforms
    assert failure.text == (
        'Traceback (most recent call last):\n  File "/var/task/a.py", line 2, in b\n    raise\nValueError: oh'
    )


def test_a_function_that_does_not_start() -> None:
    failure = failure_of(
        errorMessage="Unable to import module 'app': No module named 'numpy'",
        errorType="Runtime.ImportModuleError",
        requestId="",
        stackTrace=[],
    )
    assert failure.while_starting
    assert failure.is_platforms
    error = failed(failure, "shop-dev")
    assert error.message.startswith("shop-dev does not start: Runtime.ImportModuleError: Unable")
    assert "`requirements` of [function]" in error.hint
    assert error.detail is None


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ({"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out"}, "`timeout_s`"),
        (
            {"errorMessage": "2024-01-01T00:00:00Z 1 Task timed out after 3.00 seconds"},
            "`timeout_s`",
        ),
        ({"errorType": "Runtime.OutOfMemory", "errorMessage": "signal: killed"}, "`memory_mb`"),
        ({"errorType": "Function.ResponseSizeTooLarge", "errorMessage": "6"}, "up to 6 MB"),
        ({"errorType": "Strange.New", "errorMessage": "?"}, "`tulle logs`"),
        (
            {"errorType": "ValueError", "errorMessage": "?", "stackTrace": ["a"]},
            "`tulle invoke --local`",
        ),
    ],
)
def test_what_to_do(said: dict[str, object], hint: str) -> None:
    assert hint in failed(failure_of(**said), "shop-dev").hint


def test_what_ran_here_is_not_sent_here() -> None:
    said = failure_of(errorType="ValueError", errorMessage="?", stackTrace=["a"])
    assert "--local" not in failed(said, "shop", here=True).hint
    silent = failure_of(errorType="Strange.New", errorMessage="?")
    assert failed(silent, "shop", here=True).hint == "see the end of its log: --log"


@pytest.mark.parametrize("payload", [b"", b"killed", b"[]", b"null"])
def test_a_failure_in_no_known_form(payload: bytes) -> None:
    assert read_failure(payload) == Failure(error_type="Unknown", message=payload.decode())


def answer(status: int, body: bytes, kind: str = "application/json") -> HttpAnswer:
    return HttpAnswer(status=status, headers={"content-type": kind}, body=body)


def test_a_problem_document_says_itself_what_to_do() -> None:
    problem = b'{"title": "No picture", "status": 415, "detail": "Send a picture."}'
    error = refused_over_http("https://x/predict", answer(415, problem, "application/problem+json"))
    assert error.message == "https://x/predict answers 415: No picture"
    assert error.hint == "Send a picture."


@pytest.mark.parametrize(
    ("got", "hint"),
    [
        (answer(403, b'{"message":"Forbidden"}'), "see who may call"),
        (answer(504, b'{"message": "Endpoint request timed out"}'), "`memory_mb`"),
        (answer(418, b"teapot", "text/plain"), "see what came"),
        (answer(400, b"no json", "application/problem+json"), "see what came"),
        (answer(400, b'{"detail": "no title"}', "application/problem+json"), "see what came"),
    ],
)
def test_an_answer_of_a_gateway(got: HttpAnswer, hint: str) -> None:
    error = refused_over_http("https://x/predict", got)
    assert hint in error.hint
    assert error.detail == got.body.decode()
