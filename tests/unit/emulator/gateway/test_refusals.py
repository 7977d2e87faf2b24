"""What each gateway answers itself, in AWS's letters."""

from __future__ import annotations

import pytest

from made_requests import head
from tulle.emulator.gateway.choice import choose_gateway
from tulle.emulator.gateway.kind import HeadLimits, Refusal, Refused
from tulle.project.api import ApiSection, ApiType, Cors

HTTP, REST, URL = ApiType.HTTP, ApiType.REST, ApiType.URL


@pytest.mark.parametrize(
    ("api", "refusal", "status", "body", "error_type"),
    [
        (HTTP, Refusal.NO_ROUTE, 404, '{"message":"Not Found"}', None),
        (HTTP, Refusal.TOO_MANY_REQUESTS, 429, '{"message":"Too Many Requests"}', None),
        (HTTP, Refusal.BODY_TOO_LARGE, 413, '{"message":"Request Entity Too Large"}', None),
        (HTTP, Refusal.EVENT_TOO_LARGE, 413, '{"message":"Request Entity Too Large"}', None),
        (HTTP, Refusal.FUNCTION_BUSY, 503, '{"message":"Service Unavailable"}', None),
        (HTTP, Refusal.TIMED_OUT, 503, '{"message":"Service Unavailable"}', None),
        (HTTP, Refusal.FAILED, 500, '{"message":"Internal Server Error"}', None),
        (REST, Refusal.NO_ROUTE, 403, '{"message":"Missing Authentication Token"}',
         "MissingAuthenticationTokenException"),
        (REST, Refusal.UNKNOWN_KEY, 403, '{"message":"Forbidden"}', "ForbiddenException"),
        (REST, Refusal.TOO_MANY_REQUESTS, 429, '{"message":"Too Many Requests"}',
         "TooManyRequestsException"),
        (REST, Refusal.QUOTA_EXCEEDED, 429, '{"message":"Limit Exceeded"}',
         "LimitExceededException"),
        (REST, Refusal.BODY_TOO_LARGE, 413, "HTTP content length exceeded 10485760 bytes.", None),
        (REST, Refusal.EVENT_TOO_LARGE, 413, '{"message": "Request Too Long"}',
         "BadRequestException"),
        (REST, Refusal.FUNCTION_BUSY, 500, '{"message": "Internal server error"}',
         "InternalServerErrorException"),
        (REST, Refusal.TIMED_OUT, 504, '{"message": "Endpoint request timed out"}',
         "InternalServerErrorException"),
        (REST, Refusal.FAILED, 502, '{"message": "Internal server error"}',
         "InternalServerErrorException"),
        (URL, Refusal.TOO_MANY_REQUESTS, 429, '{"Message":"Rate Exceeded."}',
         "TooManyRequestsException"),
        (URL, Refusal.FAILED, 502, "Internal Server Error", None),
    ],
)  # fmt: skip
def test_the_words_of_a_refusal(
    api: ApiType, refusal: Refusal, status: int, body: str, error_type: str | None
) -> None:
    parts = choose_gateway(ApiSection(type=api), keys=(), concurrency=1)
    assert parts is not None
    answer = parts.kind.refusals[refusal]
    assert (answer.status, answer.body.decode()) == (status, body)
    assert dict(answer.headers).get("x-amzn-ErrorType") == error_type


def test_no_gateway_refuses_nothing() -> None:
    assert choose_gateway(ApiSection(type=ApiType.NONE), keys=(), concurrency=1) is None


@pytest.mark.parametrize(
    ("api", "timeout_s", "waits_s"),
    [(HTTP, None, 30), (REST, None, 29), (URL, None, None), (HTTP, 5, 5), (REST, 120, 120)],
)
def test_each_waits_as_long_as_amazons(
    api: ApiType, timeout_s: float | None, waits_s: float | None
) -> None:
    parts = choose_gateway(ApiSection(type=api, timeout_s=timeout_s), keys=(), concurrency=1)
    assert parts is not None
    assert parts.time_limit_s == waits_s


def test_a_function_url_takes_ten_requests_a_second_for_each_invocation_at_once() -> None:
    parts = choose_gateway(ApiSection(type=URL), keys=(), concurrency=2)
    assert parts is not None
    match = parts.kind.find_route("GET", "/")
    assert match is not None
    for _ in range(20):
        parts.gate.admit(match.route, "", 1.0)
    with pytest.raises(Refused) as caught:
        parts.gate.admit(match.route, "", 1.0)
    assert caught.value.refusal is Refusal.TOO_MANY_REQUESTS


def test_a_rest_api_leaves_cors_to_the_function() -> None:
    cors = Cors(allow_origins=("*",))
    found = {
        api: choose_gateway(ApiSection(type=api, cors=cors), keys=(), concurrency=1)
        for api in (HTTP, REST, URL)
    }
    assert {api: bool(parts and parts.cors) for api, parts in found.items()} == {
        HTTP: True,
        REST: False,
        URL: True,
    }


@pytest.mark.parametrize(
    ("limits", "refusal"),
    [
        (HeadLimits(), None),
        (HeadLimits(url_bytes=8), None),
        (HeadLimits(url_bytes=7), Refusal.URL_TOO_LONG),
        (HeadLimits(headers_bytes=7), None),
        (HeadLimits(headers_bytes=6), Refusal.HEADERS_TOO_LARGE),
        (HeadLimits(all_bytes=30), None),
        (HeadLimits(all_bytes=29), Refusal.HEADERS_TOO_LARGE),
    ],
)
def test_a_head_may_be_too_large(limits: HeadLimits, refusal: Refusal | None) -> None:
    # `GET /a?b=cde HTTP/1.1` and `H: xy`, each with its line break
    given = head(method="GET", raw_path="/a", query="b=cde", headers=(("H", "xy"),))
    try:
        limits.check(given)
        found = None
    except Refused as exc:
        found = exc.refusal
    assert found is refusal
