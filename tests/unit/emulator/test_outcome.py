"""Payloads as real AWS answered them."""

from __future__ import annotations

import pytest

from tulle.emulator.invocation import Status
from tulle.emulator.outcome import (
    Answer,
    Exit,
    InitError,
    LaunchError,
    Overrun,
    Oversized,
    conclude,
)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (0, "Runtime exited without providing a reason"),
        (127, "Runtime exited with error: exit status 127"),
        (-9, "Runtime exited with error: signal: killed"),
        (-11, "Runtime exited with error: signal: segmentation fault"),
        (-24, "Runtime exited with error: signal: CPU time limit exceeded"),
        (-29, "Runtime exited with error: signal: I/O possible"),
        (-34, "Runtime exited with error: signal: signal 34"),
    ],
)
def test_an_exit_says_how(code: int, reason: str) -> None:
    conclusion = conclude(Exit(code=code), request_id="id", timeout_s=3)
    assert conclusion.payload.decode() == (
        f'{{"errorType":"Runtime.ExitError","errorMessage":"RequestId: id Error: {reason}"}}'
    )
    assert conclusion.status is Status.ERROR


def test_a_timeout_names_the_limit_with_two_decimals() -> None:
    conclusion = conclude(Overrun(), request_id="id", timeout_s=1)
    assert conclusion.payload == (
        b'{"errorType":"Sandbox.Timedout",'
        b'"errorMessage":"RequestId: id Error: Task timed out after 1.00 seconds"}'
    )
    assert conclusion.status is Status.TIMEOUT


def test_an_oversized_result_names_the_limit() -> None:
    conclusion = conclude(Oversized(), request_id="id", timeout_s=1)
    assert conclusion.payload == (
        b'{"errorMessage":"Response payload size exceeded maximum allowed payload size '
        b'(6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}'
    )


def test_a_child_that_cannot_start_is_an_invalid_entrypoint() -> None:
    outcome = LaunchError(reason="fork/exec /x: no such file or directory")
    conclusion = conclude(outcome, request_id="id", timeout_s=1)
    assert conclusion.error_type == "Runtime.InvalidEntrypoint"
    assert b"Error: fork/exec /x: no such file or directory" in conclusion.payload


def test_what_the_function_said_is_passed_on_as_it_is() -> None:
    body = b'{"errorType": "KeyError"}'
    raised = conclude(Answer(body=body, error_type="KeyError"), request_id="id", timeout_s=1)
    unloaded = conclude(InitError(body=body, error_type="KeyError"), request_id="id", timeout_s=1)
    assert (raised.payload, raised.status) == (body, Status.SUCCESS)
    assert (unloaded.payload, unloaded.status) == (body, Status.ERROR)
