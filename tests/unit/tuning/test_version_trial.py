"""A published version, called: what its answers and its reports come to."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest

from tulle.aws.functions import Invoked
from tulle.errors import AwsThrottled, MeasurementFailed
from tulle.tuning.version_trial import Calls, VersionTrial, try_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CALLS = Calls(at_once=2, in_turn=5)


def answered(
    duration_ms: float,
    *,
    init_ms: float | None = None,
    payload: bytes = b'{"category": "hat"}',
    failed: bool = False,
    used_mb: int = 60,
) -> Invoked:
    billed_ms = int(duration_ms + (init_ms or 0)) + 1
    line = (
        f"REPORT RequestId: 1\tDuration: {duration_ms:.2f} ms\tBilled Duration: {billed_ms} ms\t"
        f"Memory Size: 512 MB\tMax Memory Used: {used_mb} MB\t"
    )
    if init_ms is not None:
        line += f"Init Duration: {init_ms:.2f} ms\t"
    return Invoked(
        request_id="1", payload=payload, failed=failed, version="7", log_tail=f"START\n{line}\n"
    )


def failure(error_type: str, message: str = "it broke") -> bytes:
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode()


def asked(*answers: Invoked) -> Callable[[bytes], Invoked]:
    """Give a function that answers in this order."""
    following: Iterator[Invoked] = iter(answers)
    return lambda _payload: next(following)


def tried(*answers: Invoked, calls: Calls = CALLS, memory_mb: int = 512) -> VersionTrial:
    return try_version(asked(*answers), [b"{}"], calls, memory_mb=memory_mb)


def test_cold_and_warm_calls_are_told_apart_by_their_reports() -> None:
    cold = (answered(20.5, init_ms=200), answered(30.5, init_ms=300))
    warm = (answered(ms) for ms in (500.5, 10.5, 12.5, 14.5, 1.5))
    result = tried(*cold, *warm)
    assert result.trial.cold is not None
    assert result.trial.cold.typical_ms == (220.5 + 330.5) / 2
    assert result.trial.warm is not None
    assert result.trial.warm.typical_ms == (10.5 + 12.5 + 14.5) / 3
    assert result.trial.problem is None
    assert (result.calls, result.billed_ms) == (7, 221 + 331 + 501 + 11 + 13 + 15 + 2)


def test_payloads_are_sent_in_turn() -> None:
    sent: list[bytes] = []

    def invoke(payload: bytes) -> Invoked:
        sent.append(payload)
        return answered(10)

    try_version(invoke, [b"1", b"2", b"3"], Calls(at_once=1, in_turn=6), memory_mb=512)
    assert sent == [b"1", b"2", b"3", b"1", b"2", b"3", b"1"]


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (failure("Runtime.OutOfMemory"), "too small: Lambda ended the function"),
        (
            failure("Runtime.ExitError", "Runtime exited with error: signal: killed"),
            "too small: Lambda ended the function",
        ),
        (failure("Sandbox.Timedout"), "too slow: a call ran into the time limit"),
        (
            b'{"errorMessage": "2024-01-01T00:00:00.000Z 4f5 Task timed out after 3.00 seconds"}',
            "too slow: a call ran into the time limit",
        ),
    ],
)
def test_a_size_at_which_lambda_ends_the_function_is_out_and_called_no_more(
    payload: bytes, problem: str
) -> None:
    result = tried(answered(20, init_ms=200), answered(30, payload=payload, failed=True))
    assert result.trial.problem is not None
    assert result.trial.problem.startswith(problem)
    assert result.calls == 2


def test_a_size_that_leaves_too_little_room_is_out() -> None:
    enough = tried(*itertools.repeat(answered(10, used_mb=426), 7)).trial
    assert enough.problem is None
    tight = tried(*itertools.repeat(answered(10, used_mb=427), 7)).trial
    assert tight.problem == "too small: it held 427 MB, and should have 513"


def test_the_functions_own_failure_ends_it_all() -> None:
    broken = answered(10, payload=failure("KeyError", "'url'"), failed=True)
    with pytest.raises(MeasurementFailed, match="it fails: KeyError: 'url'") as raised:
        tried(broken, broken)
    assert raised.value.detail is not None
    assert "REPORT RequestId" in raised.value.detail


def test_a_refusal_is_no_answer_to_be_timed() -> None:
    refusal = answered(10, payload=b'{"statusCode": 415, "body": "no picture"}')
    with pytest.raises(MeasurementFailed, match="status 415: no picture"):
        tried(refusal, refusal)


def test_a_log_without_a_report_is_told() -> None:
    silent = Invoked(request_id="1", payload=b"{}", failed=False, version="7", log_tail="START\n")
    with pytest.raises(MeasurementFailed) as raised:
        tried(silent, silent)
    assert "SystemLogLevel" in raised.value.hint


def test_calls_for_which_there_is_no_room_are_left_out() -> None:
    answers = itertools.chain([answered(20, init_ms=200)], itertools.repeat(answered(10)))
    refused = iter([False, True])

    def invoke(_payload: bytes) -> Invoked:
        if next(refused, False):
            raise AwsThrottled("no room", hint="wait")
        return next(answers)

    result = try_version(invoke, [b"{}"], CALLS, memory_mb=512)
    assert result.calls == 6
    assert result.trial.warm is not None
    assert result.trial.warm.count == 5
