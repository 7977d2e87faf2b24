"""Owns the smoke test: a deployed function is asked about a real picture, and its answer is judged."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, TypeVar

from tulle.aws.endpoint import Endpoints
from tulle.aws.functions import Functions
from tulle.deploy.live.answer import read_failure
from tulle.deploy.live.function import live_request, picture_event, why_not_over_url
from tulle.deploy.live.verdict import function_failed, gateway_failed, judge, refused
from tulle.errors import AwsThrottled, AwsUnreachable, FunctionUnready
from tulle.model.serving import open_classifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.aws.endpoint import HttpAnswer, HttpRequest
    from tulle.aws.functions import Invoked
    from tulle.aws.session import AwsSession
    from tulle.deploy.live.answer import Prediction
    from tulle.deploy.live.function import LiveFunction
    from tulle.errors import SmokeTestFailed
    from tulle.model.file import Model
    from tulle.progress import Reporter

__all__ = ["Ask", "SmokeTest", "asking", "expected_scores", "smoke_test"]

_WARM_CALLS = 3
_SETTLING = frozenset(
    {403, 404, 429, 503}
)  # what gateways answer before all of AWS knows of a new one
_PATIENCE_S = 120.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 10.0

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What asking needs of the world."""

    session: AwsSession
    functions: Functions
    endpoints: Endpoints
    reporter: Reporter
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    """Seconds since some moment, never backwards."""


def asking(
    session: AwsSession,
    reporter: Reporter,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Ask:
    """Put together what asking needs."""
    return Ask(
        session=session,
        functions=Functions(session),
        endpoints=Endpoints(session),
        reporter=reporter,
        sleep=sleep,
        clock=clock,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SmokeTest:
    """How it went well.

    Attributes:
        over_url: whether the answer came through the URL; else by Invoke.
        prediction: what was answered; None of a handler of the user's own.
        cold_ms: from the first request that reached the function to its answer, as seen from here.
        warm_ms: the median of those after it.
        remark: what the user should know of it; None where there is nothing.
    """

    over_url: bool
    prediction: Prediction | None
    cold_ms: float
    warm_ms: float
    remark: str | None = None


def expected_scores(model: Model, picture: bytes) -> dict[str, float]:
    """Classify a picture on this machine as the function will.

    Raises:
        Fault: the picture cannot be read.
    """
    return open_classifier(model).predict(picture).scores


def smoke_test(
    live: LiveFunction,
    picture: bytes,
    expected: dict[str, float] | None,
    ask: Ask,
    *,
    event: bytes | None = None,
) -> SmokeTest:
    """Ask a deployed function, patiently while AWS settles, and judge the answer.

    Args:
        live: the function. One with tulle's handler is asked through its URL where that is possible.
        picture: the bytes of a picture's file, at most 4 MB.
        expected: what this machine says of the picture, by label; None for a handler of the user's own.
        ask: what asking needs.
        event: what a handler of the user's own is invoked with; None takes the picture, and then the handler may
            refuse it, for nobody knows what it takes.

    Raises:
        SmokeTestFailed: it does not answer as it should; the detail says what came.
        AwsError: AWS refuses to be asked.
    """
    ask.functions.wait_until_ready(live.function, live.qualifier)
    if expected is None:
        return _test_own_handler(live, event, picture, ask)
    obstacle = why_not_over_url(live)
    if obstacle is None:
        return _test_over_url(live, picture, expected, ask)
    if live.url is not None:
        ask.reporter.note(f"tested by Invoke, not through the URL: {obstacle}")
    return _test_by_invoke(live, picture, expected, ask)


def _test_over_url(
    live: LiveFunction, picture: bytes, expected: dict[str, float], ask: Ask
) -> SmokeTest:
    request = live_request(live, picture_event(picture), ask.session)

    def call() -> HttpAnswer:
        return ask.endpoints.ask(request)

    answer, cold_ms = _settled(call, ask)
    if answer.status != 200:
        raise _bad_status(live, request, answer, picture, ask)
    prediction = judge(answer.body, expected, request.url)
    warm: list[float] = []
    for _ in range(_WARM_CALLS):
        answer, ms = _timed(call, ask)
        if answer.status != 200:
            raise _bad_status(live, request, answer, picture, ask)
        warm.append(ms)
    return SmokeTest(over_url=True, prediction=prediction, cold_ms=cold_ms, warm_ms=median(warm))


def _test_by_invoke(
    live: LiveFunction, picture: bytes, expected: dict[str, float], ask: Ask
) -> SmokeTest:
    result, cold_ms, warm_ms = _invoke_all(live, picture_event(picture), ask)
    if result.failed:
        raise function_failed(live, result)
    prediction = judge(result.payload, expected, live.function)
    return SmokeTest(over_url=False, prediction=prediction, cold_ms=cold_ms, warm_ms=warm_ms)


def _test_own_handler(
    live: LiveFunction, event: bytes | None, picture: bytes, ask: Ask
) -> SmokeTest:
    payload = picture_event(picture) if event is None else event
    result, cold_ms, warm_ms = _invoke_all(live, payload, ask)
    remark = None
    if result.failed:
        failure = read_failure(result.payload)
        if event is not None or failure.while_starting or failure.is_platforms:
            raise function_failed(live, result)
        remark = (
            f"the handler starts, and refuses the sample picture ({failure.error_type}: {failure.message}); "
            "name an event that it takes, and that is what it is tested with"
        )
    return SmokeTest(
        over_url=False, prediction=None, cold_ms=cold_ms, warm_ms=warm_ms, remark=remark
    )


def _invoke_all(live: LiveFunction, payload: bytes, ask: Ask) -> tuple[Invoked, float, float]:
    """Invoke once, and where that went well a few times more: the first result, its time, the others' median."""

    def call() -> Invoked:
        return ask.functions.invoke(live.function, payload, qualifier=live.qualifier)

    result, cold_ms = _settled(call, ask)
    if result.failed:
        return result, cold_ms, cold_ms
    return result, cold_ms, median(_timed(call, ask)[1] for _ in range(_WARM_CALLS))


def _settled(call: Callable[[], _Answer], ask: Ask) -> tuple[_Answer, float]:
    """Call until AWS has settled, or the patience is at its end; give the last answer and its time."""
    wait_s, until_s, told = _FIRST_WAIT_S, ask.clock() + _PATIENCE_S, False
    while True:
        is_last = ask.clock() + wait_s > until_s
        try:
            answer, ms = _timed(call, ask)
        except (AwsUnreachable, AwsThrottled, FunctionUnready):
            if is_last:
                raise
        else:
            if is_last or getattr(answer, "status", 200) not in _SETTLING:
                return answer, ms
        if not told:
            ask.reporter.note("AWS needs a moment until the endpoint is known everywhere")
            told = True
        ask.sleep(wait_s)
        wait_s = min(2 * wait_s, _LONGEST_WAIT_S)


def _timed(call: Callable[[], _Answer], ask: Ask) -> tuple[_Answer, float]:
    start_s = ask.clock()
    answer = call()
    return answer, (ask.clock() - start_s) * 1e3


def _bad_status(
    live: LiveFunction, request: HttpRequest, answer: HttpAnswer, picture: bytes, ask: Ask
) -> SmokeTestFailed:
    """Word an answer that is no success; a gateway hides what the function says, so Invoke is asked for that."""
    if answer.status < 500:
        return refused(request, answer)
    result = ask.functions.invoke(live.function, picture_event(picture), qualifier=live.qualifier)
    return function_failed(live, result) if result.failed else gateway_failed(request, answer)
