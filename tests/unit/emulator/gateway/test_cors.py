"""What a gateway tells browsers of who may call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from made_requests import head
from tulle.emulator.gateway.cors import CorsAnswers
from tulle.emulator.gateway.http_response import HttpResponse
from tulle.project.api import Cors

if TYPE_CHECKING:
    from tulle.emulator.gateway.http_request import HttpHead

PAGE = "https://example.com"


def answers(*origins: str, url: bool = False, **settings: Any) -> CorsAnswers:
    cors = Cors(allow_origins=origins, **settings)
    return CorsAnswers(cors=cors, preflight_status=204, replaces=not url, says_all=not url)


def preflight(origin: str = PAGE, method: str = "OPTIONS", wanted: str = "POST") -> HttpHead:
    given = (("Origin", origin), ("Access-Control-Request-Method", wanted))
    return head(method=method, headers=tuple(pair for pair in given if pair[1]))


def asked(origin: str) -> HttpHead:
    return head(headers=(("Origin", origin),) if origin else ())


def response(*headers: tuple[str, str]) -> HttpResponse:
    return HttpResponse(status=200, headers=headers, body=b"")


# Callers of HTTP APIs wrote down the status, the order, and what an origin gets that is not allowed.
def test_a_whole_preflight() -> None:
    cors = answers(
        PAGE,
        allow_methods=("GET", "POST", "OPTIONS"),
        allow_headers=("Content-Type", "Authorization"),
        expose_headers=("server-timing",),
        max_age_s=300,
        allow_credentials=True,
    )
    assert cors.preflight(preflight()) == HttpResponse(
        status=204,
        headers=(
            ("access-control-allow-origin", PAGE),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", "GET,OPTIONS,POST"),
            ("access-control-allow-headers", "authorization,content-type"),
            ("access-control-max-age", "300"),
        ),
        body=b"",
    )


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        ((PAGE,), PAGE, PAGE),
        ((PAGE,), "https://example.com:8443", None),
        ((PAGE,), "http://example.com", None),
        ((PAGE,), "https://example.com.evil.example", None),
        (("*",), "http://anything", "*"),
        (("*",), "null", "*"),
        (("https://*",), "https://any.example", "https://any.example"),
        (("https://*",), "http://any.example", None),
        (("http://*", PAGE), "http://localhost:3000", "http://localhost:3000"),
        ((), PAGE, None),
    ],
)
def test_which_origins_are_allowed(
    origins: tuple[str, ...], origin: str, allowed: str | None
) -> None:
    expected = () if allowed is None else (("access-control-allow-origin", allowed),)
    answer = answers(*origins).preflight(preflight(origin))
    assert answer is not None
    assert (answer.status, answer.headers) == (204, expected)
    assert answers(*origins).add(response(), asked(origin)).headers == expected


@pytest.mark.parametrize(
    "request_head", [preflight(origin=""), preflight(method="POST"), preflight(wanted="")]
)
def test_what_lacks_a_part_is_no_preflight(request_head: HttpHead) -> None:
    assert answers("*").preflight(request_head) is None


def test_nobody_asked_nothing_is_added() -> None:
    assert answers("*").add(response(), asked("")) == response()


@pytest.mark.parametrize("origin", ["", PAGE])
def test_an_http_api_drops_what_the_function_says_of_cors(origin: str) -> None:
    given = response(("Access-Control-Allow-Origin", "*"), ("x-own", "1"))
    answer = answers(PAGE, expose_headers=("X-Own", "*")).add(given, asked(origin))
    added = (("access-control-allow-origin", PAGE), ("access-control-expose-headers", "*,x-own"))
    assert answer.headers == (("x-own", "1"), *(added if origin else ()))


def test_a_function_url_adds_its_own_beside_the_functions() -> None:
    given = response(("Access-Control-Allow-Origin", "*"))
    answer = answers("*", url=True).add(given, asked(PAGE))
    assert answer.headers == (*given.headers, ("access-control-allow-origin", PAGE))
