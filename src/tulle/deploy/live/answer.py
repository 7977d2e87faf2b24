"""Owns reading what a deployed function answers: a prediction, or what went wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass

__all__ = ["Failure", "Prediction", "read_failure", "read_prediction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What tulle's own handler answers of a picture."""

    category: str
    scores: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What Lambda says of an invocation that failed.

    Args:
        error_type: such as `ValueError`; those of Lambda itself begin with `Runtime.`, `Sandbox.` or `Function.`.
        trace: the lines of the traceback, the innermost call last.
        while_starting: whether the function never came to the event.
    """

    error_type: str
    message: str
    trace: tuple[str, ...] = ()
    while_starting: bool = False

    @property
    def is_platforms(self) -> bool:
        """Tell whether Lambda ended the function, rather than the function's code raised."""
        return self.error_type.startswith(("Runtime.", "Sandbox.", "Function."))

    @property
    def text(self) -> str:
        """Write it as Python would."""
        lines = ["Traceback (most recent call last):", *self.trace] if self.trace else []
        return "\n".join([*lines, f"{self.error_type}: {self.message}"])


def read_prediction(body: bytes) -> Prediction | None:
    """Read a category and its scores; None where that is not what stands there."""
    content = _read_json(body)
    if not isinstance(content, dict):
        return None
    category, scores = content.get("category"), content.get("scores")
    if not isinstance(category, str) or not isinstance(scores, dict) or not scores:
        return None
    if not all(type(score) in {int, float} for score in scores.values()):
        return None
    return Prediction(category=category, scores=tuple(scores.items()))


def read_failure(payload: bytes) -> Failure:
    """Read the JSON that Lambda gives for an invocation that failed."""
    content = _read_json(payload)
    if not isinstance(content, dict):
        return Failure(error_type="Unknown", message=payload.decode(errors="replace"))
    trace = content.get("stackTrace") or []
    return Failure(
        error_type=str(content.get("errorType") or "Unknown"),
        message=str(content.get("errorMessage", "")),
        trace=tuple(str(line).rstrip("\n") for line in trace) if isinstance(trace, list) else (),
        while_starting=content.get("requestId") == "",
    )


def _read_json(body: bytes) -> object:
    try:
        content: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return content
