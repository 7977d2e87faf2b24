"""Owns the judgement of a smoke test's answer, and the words for one that is not as it should be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tulle.deploy.live.answer import read_failure, read_prediction
from tulle.deploy.live.function_failure import status_hint
from tulle.errors import SmokeTestFailed

if TYPE_CHECKING:
    from tulle.aws.endpoint import HttpAnswer, HttpRequest
    from tulle.aws.functions import Invoked
    from tulle.deploy.live.answer import Prediction
    from tulle.deploy.live.function import LiveFunction

__all__ = ["function_failed", "gateway_failed", "judge", "refused"]

# Processors differ in the last digits, and with int8 models in more; another model differs in all.
_TOLERANCE = 0.1
_SUM_TOLERANCE = 0.01
_SHOWN_CHARACTERS = 600
_SAME_MODEL = "see that the deployed model is the project's, and deploy again"


def judge(body: bytes, expected: dict[str, float], where: str) -> Prediction:
    """Hold an answer against what this machine says of the same picture.

    Args:
        body: what was answered.
        expected: this machine's scores, by label.
        where: what answered, for people.

    Raises:
        SmokeTestFailed: it is not what the endpoint promises, or another model's.
    """
    prediction = read_prediction(body)
    if prediction is None:
        raise SmokeTestFailed(
            f"{where} answers with something else than a category and scores",
            hint="see what came, and the function's log: `tulle logs`",
            detail=_excerpt(body),
        )
    scores = dict(prediction.scores)
    problem = _problem(prediction.category, scores, expected)
    if problem is not None:
        message, hint = problem
        raise SmokeTestFailed(f"{where} {message}", hint=hint, detail=_excerpt(body))
    return prediction


def _problem(
    category: str, scores: dict[str, float], expected: dict[str, float]
) -> tuple[str, str] | None:
    if list(scores) != list(expected):
        foreign = [label for label in scores if label not in expected]
        said = f"has the label {foreign[0]!r}, which" if foreign else "has other labels than"
        rest = " the model has not" if foreign else " the model"
        return f"{said}{rest}", _SAME_MODEL
    if not all(math.isfinite(score) for score in scores.values()):
        return "gives scores that are no numbers", "try the model here: `tulle predict`"
    if category not in scores or scores[category] < max(scores.values()):
        return f"names {category!r}, which has not the highest score", _SAME_MODEL
    if abs(sum(scores.values()) - sum(expected.values())) > _SUM_TOLERANCE * len(scores):
        return f"gives scores that sum to {sum(scores.values()):.3f}", _SAME_MODEL
    furthest = max(scores, key=lambda label: abs(scores[label] - expected[label]))
    if abs(scores[furthest] - expected[furthest]) > _TOLERANCE:
        return (
            f"gives {furthest!r} {scores[furthest]:.3f}, and this machine {expected[furthest]:.3f}",
            _SAME_MODEL,
        )
    return None


def refused(request: HttpRequest, answer: HttpAnswer) -> SmokeTestFailed:
    """Word an answer that says the request was at fault."""
    return SmokeTestFailed(
        f"{request.url} answers {answer.status} to a picture",
        hint=status_hint(answer.status),
        detail=_excerpt(answer.body),
    )


def gateway_failed(request: HttpRequest, answer: HttpAnswer) -> SmokeTestFailed:
    """Word an answer of a gateway that fails where the function itself does not."""
    return SmokeTestFailed(
        f"{request.url} answers {answer.status}, though the function answers when it is invoked",
        hint="the gateway waits 29 or 30 s at most: give the function more `memory_mb` where a cold start takes "
        "that long; else see that nobody changed the API or its permission by hand: `tulle status --drift`",
        detail=_excerpt(answer.body),
    )


def function_failed(live: LiveFunction, result: Invoked) -> SmokeTestFailed:
    """Word a function's own failure."""
    failure = read_failure(result.payload)
    when = "does not start" if failure.while_starting else "fails on a picture"
    return SmokeTestFailed(
        f"{live.function}, version {result.version}, {when}: {failure.error_type}: {failure.message}",
        hint="`tulle invoke --local` shows the same on this machine, where it can be tried faster",
        detail="\n".join(filter(None, (failure.text, "", result.log_tail.strip()))),
    )


def _excerpt(body: bytes) -> str:
    text = body.decode(errors="replace").strip()
    if len(text) > _SHOWN_CHARACTERS:
        text = text[:_SHOWN_CHARACTERS] + "…"
    return text or "(an empty answer)"
