"""Owns the words for a function that fails when it is asked, with what to do about each kind of failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tulle.errors import FunctionFailed

if TYPE_CHECKING:
    from tulle.aws.endpoint import HttpAnswer
    from tulle.deploy.live.answer import Failure

__all__ = ["failed", "refused_over_http", "status_hint"]

_SHOWN_CHARACTERS = 600
_LOCALLY = "`tulle invoke --local` shows the same on this machine, where it can be tried faster"
# The names are Lambda's own: https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
_HINTS = {
    "Function.ResponseSizeTooLarge": "Lambda takes answers of up to 6 MB: answer with less, or with a place in S3",
    "Runtime.ExitError": "its process ended by itself: the end of its log, --log, may say why",
    "Runtime.HandlerNotFound": "see `handler` of [function]: it is MODULE.FUNCTION",
    "Runtime.ImportModuleError": "add what it imports to `requirements` of [function], and see what is packed: "
    "`tulle build --explain`",
    "Runtime.InvalidEntrypoint": "see that the image is built for the function's `architecture`",
    "Runtime.MalformedHandlerName": "see `handler` of [function]: it is MODULE.FUNCTION",
    "Runtime.MarshalError": "the handler's result has to be JSON: numbers, texts, lists and objects",
    "Runtime.OutOfMemory": "give it more `memory_mb`; `tulle tune` finds out how much",
    "Sandbox.Timedout": "give it more `timeout_s`, or more `memory_mb`, which makes it faster: `tulle tune`",
}
_STATUS_HINTS = {
    401: "see `authorizer` and `jwt` of [api]",
    403: "see who may call: `authorizer` and `keys` of [api]; a new API key takes AWS some minutes",
    404: "see the routes of [api]; a new API takes AWS some minutes",
    413: "take a smaller picture, or give its URL",
    429: "see `throttle` of [api] and `reserved_concurrency`: there is no room for another request",
    500: "see what the function says: `tulle logs`",
    502: "see what the function says: `tulle logs`",
    503: "the function took longer than its gateway waits, or has no room: `tulle logs`",
    504: "the function took longer than its gateway waits: give it more `memory_mb`",
}


def failed(failure: Failure, name: str, *, here: bool = False) -> FunctionFailed:
    """Word what Lambda says of a function that failed.

    Args:
        failure: what it says.
        name: the function's, for people.
        here: whether it ran on this machine.
    """
    when = "does not start" if failure.while_starting else "failed"
    return FunctionFailed(
        f"{name} {when}: {failure.error_type}: {failure.message}",
        hint=_hint(failure, here=here),
        detail=failure.text if failure.trace else None,
    )


def refused_over_http(url: str, answer: HttpAnswer) -> FunctionFailed:
    """Word an HTTP answer that is no success; tulle's own handler says itself what to do."""
    problem = _problem_document(answer)
    if problem is not None:
        title, detail = problem
        return FunctionFailed(f"{url} answers {answer.status}: {title}", hint=detail)
    text = answer.body.decode(errors="replace").strip()
    return FunctionFailed(
        f"{url} answers {answer.status}",
        hint=status_hint(answer.status),
        detail=text[:_SHOWN_CHARACTERS] or None,
    )


def status_hint(status: int) -> str:
    """Say what to do about a status."""
    return _STATUS_HINTS.get(status, "see what came, and the function's log: `tulle logs`")


def _hint(failure: Failure, *, here: bool) -> str:
    if failure.error_type in _HINTS:
        return _HINTS[failure.error_type]
    if "Task timed out" in failure.message:
        return _HINTS["Sandbox.Timedout"]
    if failure.trace:
        where = "the last lines of the traceback say where"
        return where if here else f"{where}; {_LOCALLY}"
    return "see the end of its log: --log" if here else f"see its log: `tulle logs`; {_LOCALLY}"


def _problem_document(answer: HttpAnswer) -> tuple[str, str] | None:
    """Read an RFC 9457 problem document."""
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return None
    try:
        content = json.loads(answer.body)
    except ValueError:
        return None
    if not isinstance(content, dict) or "title" not in content:
        return None
    return str(content["title"]), str(content.get("detail", "see the endpoint's reference"))
