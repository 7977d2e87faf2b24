"""A function URL: payload 2.0 with its own request context and its own refusals."""

from __future__ import annotations

from typing import Any

from made_requests import request
from tulle.emulator.gateway.function_url import FunctionUrl
from tulle.emulator.gateway.kind import Refusal


def test_the_event_is_that_of_an_anonymous_caller() -> None:
    event: dict[str, Any] = FunctionUrl().build_event(request(raw_path="/any/path", method="PUT"))
    context = event["requestContext"]
    assert (event["version"], event["routeKey"], event["rawPath"]) == (
        "2.0",
        "$default",
        "/any/path",
    )
    assert "pathParameters" not in event
    assert context["accountId"] == "anonymous"
    assert context["domainName"] == "local.lambda-url.us-east-1.on.aws"
    assert context["domainPrefix"] == context["apiId"] == "local"
    assert (context["routeKey"], context["stage"]) == ("$default", "$default")
    assert context["requestId"] == "5417234a-4be1-4f8e-a55e-1d927f0c42d3"


def test_the_caller_of_a_failed_function_is_told_in_plain_text() -> None:
    answer = FunctionUrl().refusals[Refusal.FAILED]
    assert (answer.status, answer.body) == (502, b"Internal Server Error")


def test_too_much_is_told_in_lambdas_words() -> None:
    refusals = FunctionUrl().refusals
    assert refusals[Refusal.FUNCTION_BUSY] == refusals[Refusal.TOO_MANY_REQUESTS]
    assert refusals[Refusal.FUNCTION_BUSY].body == b'{"Message":"Rate Exceeded."}'
    assert refusals[Refusal.EVENT_TOO_LARGE].body == (
        b'{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}'
    )


def test_a_response_without_a_content_type_is_json() -> None:
    answer = FunctionUrl().read_response(b'{"statusCode": 200, "body": "<p>"}', request())
    assert answer.headers == (("content-type", "application/json"),)
