"""Owns the ways in which a child's work ends, and what Lambda makes of each."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from tulle.emulator.aws_json import compact_json
from tulle.emulator.invocation import Status

__all__ = [
    "RESPONSE_LIMIT_BYTES",
    "Answer",
    "Conclusion",
    "Exit",
    "ExtensionFault",
    "InitError",
    "LaunchError",
    "OutOfMemory",
    "Outcome",
    "Overrun",
    "Oversized",
    "conclude",
    "describe_exit",
    "exit_reason",
]

RESPONSE_LIMIT_BYTES = 6 * 1024 * 1024 + 100
_FIRST_REAL_TIME = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The handler returned, or raised what the client then posted."""

    body: bytes
    error_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InitError:
    """The client could not load the handler, and posted why."""

    body: bytes
    error_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """The child ended without an answer. A negative code is a signal's number."""

    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionFault:
    """An extension ended, or could not even be started, and the invocation or the init phase with it."""

    error_type: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchError:
    """The child could not even be started."""

    reason: str
    error_type: str = "Runtime.InvalidEntrypoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfMemory:
    """The child was ended, for it held more memory than it may, with all that it started."""

    code: int = -signal.SIGKILL


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrun:
    """The child was not done in its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversized:
    """The result is larger than Lambda carries."""


Outcome = (
    Answer | InitError | Exit | ExtensionFault | LaunchError | OutOfMemory | Overrun | Oversized
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What the caller and the REPORT line say of an outcome."""

    payload: bytes
    error_type: str | None
    status: Status = Status.ERROR


def conclude(outcome: Outcome, *, request_id: str, timeout_s: int) -> Conclusion:
    """Put an outcome into the words that AWS uses for it."""
    match outcome:
        case Answer():
            return Conclusion(
                payload=outcome.body, error_type=outcome.error_type, status=Status.SUCCESS
            )
        case InitError():
            return Conclusion(payload=outcome.body, error_type=outcome.error_type)
        case Exit() | OutOfMemory():
            error_type = f"Runtime.{'ExitError' if isinstance(outcome, Exit) else 'OutOfMemory'}"
            return _failure(error_type, request_id, exit_reason(outcome.code))
        case LaunchError() | ExtensionFault():
            return _failure(outcome.error_type, request_id, outcome.reason)
        case Overrun():
            reason = f"Task timed out after {timeout_s:.2f} seconds"
            return _failure("Sandbox.Timedout", request_id, reason, status=Status.TIMEOUT)
        case Oversized():
            message = (
                "Response payload size exceeded maximum allowed payload size "
                f"({RESPONSE_LIMIT_BYTES} bytes)."
            )
            error = "Function.ResponseSizeTooLarge"
            return Conclusion(
                payload=compact_json({"errorMessage": message, "errorType": error}),
                error_type=error,
            )


def _failure(
    error_type: str, request_id: str, reason: str, *, status: Status = Status.ERROR
) -> Conclusion:
    message = f"RequestId: {request_id} Error: {reason}"
    payload = compact_json({"errorType": error_type, "errorMessage": message})
    return Conclusion(payload=payload, error_type=error_type, status=status)


def describe_exit(code: int) -> str:
    """Say how a process ended, as Go does, in which Lambda's own supervisor is written."""
    return f"exit status {code}" if code >= 0 else f"signal: {_signal_name(-code)}"


def exit_reason(code: int) -> str:
    """Say how a runtime ended."""
    if code == 0:
        return "Runtime exited without providing a reason"
    return f"Runtime exited with error: {describe_exit(code)}"


def _signal_name(number: int) -> str:
    """Name a signal as Go does."""
    name = signal.strsignal(number)
    if name is None or number >= _FIRST_REAL_TIME:
        return f"signal {number}"
    return name if name.startswith(("CPU", "I/O")) else name[0].lower() + name[1:]
