"""What becomes of an event after an attempt, on a clock of the test's own."""

from __future__ import annotations

import pytest

from tulle.emulator.asynchronous.event import Condition, Event
from tulle.emulator.asynchronous.settings import EventSettings
from tulle.emulator.invocation import new_request
from tulle.errors import InvalidFunction


def event(*, attempts: int) -> Event:
    request = new_request(b"{}", invoked_arn="arn", now_s=0)
    return Event(request=request, came_s=1000, attempts=attempts)


AWS_WAITS = (60.0, 120.0)


@pytest.mark.parametrize(
    ("attempts", "retries", "step"),
    [
        (1, None, 60),
        (2, None, 120),
        (3, None, Condition.RETRIES_EXHAUSTED),
        (1, 1, 60),
        (2, 1, Condition.RETRIES_EXHAUSTED),
        (1, 0, Condition.RETRIES_EXHAUSTED),
    ],
)
def test_it_is_tried_again_as_often_as_may_be(
    attempts: int, retries: int | None, step: float | Condition
) -> None:
    settings = EventSettings(maximum_retries=retries, retry_waits_s=AWS_WAITS)
    assert event(attempts=attempts).next_step(settings, now_s=1000.5) == step


@pytest.mark.parametrize(
    ("attempts", "age_s", "now_s", "step"),
    [
        # Recorded on AWS: with 60 s, the first wait is not even begun; with 90 s, there is one retry.
        (1, 60, 1000.1, Condition.EVENT_AGE_EXCEEDED),
        (1, 90, 1000.1, 60),
        (2, 90, 1060.2, Condition.EVENT_AGE_EXCEEDED),
        (2, None, 1060.2, 120),
    ],
)
def test_one_that_would_be_too_old_is_given_up_at_once(
    attempts: int, age_s: int | None, now_s: float, step: float | Condition
) -> None:
    settings = EventSettings(maximum_age_s=age_s, retry_waits_s=AWS_WAITS)
    assert event(attempts=attempts).next_step(settings, now_s=now_s) == step


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"maximum_retries": 3}, "choose from 0 to 2"),
        ({"maximum_retries": -1}, "choose from 0 to 2"),
        ({"maximum_age_s": 59}, "choose from 60 to 21600 seconds"),
        ({"maximum_age_s": 21601}, "choose from 60 to 21600 seconds"),
    ],
)
def test_what_lambda_would_refuse_is_refused(settings: dict[str, int], hint: str) -> None:
    with pytest.raises(InvalidFunction) as caught:
        EventSettings(**settings)  # type: ignore[arg-type] # the keys are not known to mypy
    assert caught.value.hint == hint
