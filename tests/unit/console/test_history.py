"""What the console remembers of what it is told."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tulle.console.history import History
from tulle.console.price import PriceTag
from tulle.emulator.happening import (
    Began,
    Ended,
    EnvironmentsCounted,
    FilesChanged,
    Happening,
    HttpAnswered,
    Logged,
)
from tulle.emulator.invocation import Invocation, Report, Request, Source
from tulle.pricing.rates import find_rates
from tulle.project.api import ApiType
from tulle.target import Architecture

NOW_S = 1795386987.5
GB_S = Decimal("0.0000166667")


def history(api: ApiType = ApiType.HTTP) -> History:
    rates = find_rates("us-east-1")
    price = PriceTag(rates=rates, architecture=Architecture.X86_64, api=api)
    return History(now_s=lambda: NOW_S, price=price)


def began(
    request_id: str = "a",
    payload: bytes = b"{}",
    *,
    cold: bool = False,
    source: Source = Source.INVOKE,
) -> Began:
    request = Request(
        request_id=request_id,
        payload=payload,
        invoked_arn="arn",
        trace_id="Root=1",
        source=source,
    )
    return Began(request=request, environment="stream", cold=cold, now_s=NOW_S)


def ended(
    request_id: str = "a",
    payload: bytes = b'"pong"',
    *,
    error_type: str | None = None,
    init_duration_ms: float | None = None,
) -> Ended:
    report = Report(
        request_id=request_id,
        duration_ms=27.01,
        memory_size_mb=1024,
        max_memory_used_mb=55,
        init_duration_ms=init_duration_ms,
    )
    invocation = Invocation(
        request_id=request_id,
        payload=payload,
        error_type=error_type,
        report=report,
        log_tail=b"",
    )
    return Ended(invocation=invocation, environment="stream")


def answered(
    request_id: str = "a",
    *headers: tuple[str, str],
    status: int = 200,
    request_bytes: int = 0,
) -> HttpAnswered:
    return HttpAnswered(
        request_id=request_id,
        gateway_id="JKJaXmPLvHcESHA=",
        method="POST",
        path="/predict?a=1",
        request_bytes=request_bytes,
        status=status,
        headers=headers,
    )


def tell(remembered: History, *happenings: Happening) -> Any:
    """Tell what happened, and give what the page was told last."""
    for happening in happenings:
        remembered.hear(happening)
    return remembered.describe(happenings[-1])


def invocations(remembered: History) -> Any:
    return remembered.snapshot()["invocations"]


def test_an_invocation_from_its_begin_to_its_end() -> None:
    remembered = history()
    begun = tell(remembered, began(payload=b'{"n": 1}', cold=True))
    assert begun == {
        "id": "a",
        "environment": "stream",
        "cold": True,
        "began_at_ms": 1795386987500,
        "state": "running",
        "source": "invoke",
        "attempts": 1,
        "event": {"n": 1},
        "event_cut": False,
        "result": None,
        "result_cut": False,
        "error_type": None,
        "report": None,
        "timings": None,
        "http": None,
        "cost": None,
    }
    done = tell(remembered, ended(init_duration_ms=115.449))
    assert (done["state"], done["result"], done["error_type"]) == ("done", "pong", None)
    assert done["report"] == {
        "duration_ms": 27.01,
        "billed_duration_ms": 143,
        "init_duration_ms": 115.45,
        "max_memory_used_mb": 55,
        "memory_size_mb": 1024,
        "status": "success",
    }
    assert invocations(remembered) == [done] == [remembered.invocation("a")]


def test_an_error_has_its_type() -> None:
    done = tell(history(), began(), ended(payload=b'{"errorMessage": "x"}', error_type="KeyError"))
    assert (done["error_type"], done["result"]) == ("KeyError", {"errorMessage": "x"})


def test_what_the_gateway_answered_before_or_after_the_end() -> None:
    headers = (
        ("content-type", "application/json"),
        ("Server-Timing", 'cache;desc="a, b";dur=1, fetch;dur=41.2,infer;dur=15'),
    )
    gateway = answered("a", *headers)
    for done in (
        tell(history(), began(source=Source.HTTP), ended(), gateway),
        tell(history(), began(source=Source.HTTP), gateway, ended()),
    ):
        assert (done["state"], done["source"]) == ("done", "http")
        assert done["http"] == {
            "gateway_id": "JKJaXmPLvHcESHA=",
            "method": "POST",
            "path": "/predict?a=1",
            "status": 200,
            "content_type": "application/json",
        }
        assert (done["timings"]["fetch"], done["timings"]["infer"]) == (41.2, 15)


def test_timings_of_an_http_response_that_no_gateway_read() -> None:
    response = {"statusCode": 200, "headers": {"Server-Timing": "infer;dur=15.5"}, "body": ""}
    done = tell(history(), began(), ended(payload=json.dumps(response).encode()))
    assert done["timings"] == {"infer": 15.5}
    assert done["http"] is None


def test_what_never_began_was_refused() -> None:
    refused = tell(history(), answered(status=503))
    assert (refused["state"], refused["http"]["status"]) == ("refused", 503)
    assert refused["source"] == "http"
    assert (refused["environment"], refused["event"], refused["cost"]) == (None, None, None)


def test_a_preflight_is_no_invocation() -> None:
    remembered = history()
    assert tell(remembered, answered(status=204)) is None
    assert invocations(remembered) == []


def test_another_attempt_begins_anew() -> None:
    remembered = history()
    again = tell(remembered, began(), ended(error_type="Error"), began())
    assert (again["state"], again["attempts"], again["error_type"]) == ("running", 2, None)
    assert len(invocations(remembered)) == 1


def test_a_call_costs_what_lambda_bills_and_a_million_find_it_warm() -> None:
    cost = tell(history(), began(), ended(init_duration_ms=115.449))["cost"]
    assert cost["call_usd"] == float(Decimal("0.143") * GB_S + Decimal("0.0000002"))
    assert cost["million_usd"] == float(28_000 * GB_S + Decimal("0.20"))
    assert cost["million_free_usd"] == 0  # 28,000 GB-s and a million requests are free
    assert [part["what"] for part in cost["parts"]] == ["compute", "requests"]
    assert (cost["region"], cost["architecture"]) == ("us-east-1", "x86_64")
    for name in ("call_usd", "million_usd", "million_free_usd"):
        assert abs(sum(part[name] for part in cost["parts"]) - cost[name]) < 1e-12


def test_a_gateway_costs_too_and_a_function_url_does_not() -> None:
    def gateway_usd(api: ApiType, request_bytes: int = 0) -> list[float]:
        done = tell(history(api), began(), ended(), answered(request_bytes=request_bytes))
        parts = done["cost"]["parts"]
        return [part["million_usd"] for part in parts if part["what"] == "gateway"]

    assert gateway_usd(ApiType.HTTP) == [1.0]
    assert gateway_usd(ApiType.REST) == [3.5]
    assert gateway_usd(ApiType.URL) == []
    assert gateway_usd(ApiType.HTTP, 750_000) == [2.0]  # it counts as two requests


def test_long_strings_of_a_large_event_are_cut_and_the_rest_is_kept() -> None:
    event = {"body": "A" * 100_000, "headers": [{"content-type": "image/png"}]}
    begun = tell(history(), began(payload=json.dumps(event).encode()))
    assert begun["event_cut"] is True
    assert begun["event"]["headers"] == [{"content-type": "image/png"}]
    assert begun["event"]["body"] == "A" * 200 + "… (100,000 characters)"


def test_what_is_large_without_long_strings_is_cut_as_a_text() -> None:
    begun = tell(history(), began(payload=json.dumps(list(range(100_000))).encode()))
    assert begun["event_cut"] is True
    assert begun["event"].startswith("[0, 1, 2,")
    assert begun["event"].endswith("… (688,890 bytes)")
    assert len(begun["event"]) < 66_000


def test_a_result_that_is_no_json_is_shown_as_text() -> None:
    done = tell(history(), began(), ended(payload=b"\xff not JSON"))
    assert (done["result"], done["result_cut"]) == ("\ufffd not JSON", False)
    large = tell(history(), began(), ended(payload=b"x" * 100_000))
    assert (large["result"][:3], large["result_cut"]) == ("xxx", True)


@pytest.mark.parametrize(
    "payload",
    [
        b"NaN",
        b'{"a": [Infinity]}',
        b"1e999",
        b"[" * 500 + b"]" * 500,
        b"[" * 5000 + b"]" * 5000,
        b"9" * 5000,
        b"[" * 40_000 + b"]" * 40_000,
        b'"' + b'\\"' * 50_000,
        b'\\"' * 50_000,
        b'"' + b"x" * 100_000,
        b'["' + b"\\ud800" * 20_000 + b'"]',
        b"[" + b"0.5," * 30_000 + b"1e999]",
    ],
    ids=lambda payload: payload[:10].decode() + str(len(payload)),
)
def test_whatever_the_function_gives_a_browser_can_read(payload: bytes) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    done = tell(history(), began(), ended(payload=payload))
    read = json.loads(json.dumps(done, allow_nan=False), parse_constant=refuse)
    assert read["state"] == "done"
    assert isinstance(read["result"], str | list)
    assert len(json.dumps(read["result"])) < 200_000


def test_the_timings_of_a_malicious_header_are_read_at_once() -> None:
    header = "a;" * 50_000 + ", infer;dur=1"
    done = tell(history(), began(), ended(), answered("a", ("server-timing", header)))
    assert done["timings"] is None
    many = ",".join(f"t{number};dur={'9' * 400}" for number in range(100))
    assert tell(history(), began(), ended(), answered("a", ("server-timing", many)))


def test_the_last_two_hundred_are_remembered_and_all_that_run() -> None:
    remembered = history()
    tell(remembered, began("runs"))
    for number in range(250):
        tell(remembered, began(str(number)), ended(str(number)))
    kept = [each["id"] for each in invocations(remembered)]
    assert kept == ["runs", *(str(number) for number in range(51, 250))]


def test_one_that_ends_among_many_that_run_is_still_there_for_the_gateways_answer() -> None:
    remembered = history()
    running = [began(str(number)) for number in range(300)]
    done = tell(remembered, *running, ended("299"), answered("299"))
    assert (done["state"], done["http"]["status"]) == ("done", 200)
    assert len(invocations(remembered)) == 300


def test_the_log_keeps_two_thousand_lines_and_cuts_long_ones() -> None:
    remembered = history()
    lines = [
        Logged(environment="stream", request_id="a", line=f"line {number}")
        for number in range(2001)
    ]
    assert tell(remembered, *lines) == {
        "environment": "stream",
        "request_id": "a",
        "line": "line 2000",
        "at_ms": 1795386987500,
    }
    logs: Any = remembered.snapshot()["logs"]
    assert (len(logs), logs[0]["line"]) == (2000, "line 1")
    long = tell(remembered, Logged(environment="stream", request_id=None, line="x" * 9000))
    assert long["line"] == "x" * 8000 + "… (9,000 characters)"


def test_environments_and_changed_files() -> None:
    remembered = history()
    told = tell(remembered, EnvironmentsCounted(busy=2, idle=1))
    assert told == {"busy": 2, "idle": 1, "at_ms": 1795386987500}
    assert remembered.snapshot()["environments"] == {"busy": 2, "idle": 1}
    changed = tell(remembered, FilesChanged(names=("app.py",)))
    assert changed == {"names": ["app.py"], "at_ms": 1795386987500}
