"""What each status of a stack means, and how it is told."""

from __future__ import annotations

from dataclasses import replace

import botocore.session
import pytest
from botocore.model import StringShape

from tulle.aws.stack import Drift
from tulle.deploy.names import Names
from tulle.deploy.stack.state import (
    Situation,
    check_ownership,
    drift_warning,
    find_situation,
    held_by,
    is_done,
    say_busy,
    say_stuck,
    say_undeleted,
)
from tulle.errors import ForeignResource
from unit.deploy.apply.made_stacks import BEGAN, made_events, made_stack

NAMES = Names(project="shop", stage="dev")


def statuses() -> list[str]:
    """List all that CloudFormation knows, by AWS's own description of it."""
    model = botocore.session.Session().get_service_model("cloudformation")
    shape = model.shape_for("StackStatus")
    assert isinstance(shape, StringShape)
    return list(shape.enum)


@pytest.mark.parametrize(
    ("status", "situation"),
    [
        ("REVIEW_IN_PROGRESS", Situation.ABSENT),
        ("DELETE_COMPLETE", Situation.ABSENT),
        ("CREATE_COMPLETE", Situation.READY),
        ("UPDATE_ROLLBACK_COMPLETE", Situation.READY),
        ("ROLLBACK_COMPLETE", Situation.STILLBORN),
        ("CREATE_FAILED", Situation.STILLBORN),
        ("UPDATE_ROLLBACK_FAILED", Situation.STUCK),
        ("DELETE_FAILED", Situation.UNDELETED),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Situation.BUSY),
        ("DELETE_IN_PROGRESS", Situation.BUSY),
    ],
)
def test_a_status_says_what_may_be_done(status: str, situation: Situation) -> None:
    assert find_situation(made_stack(status)) is situation


def test_no_stack_is_to_be_created() -> None:
    assert find_situation(None) is Situation.ABSENT


@pytest.mark.parametrize("status", statuses())
def test_every_status_that_aws_has_is_busy_exactly_where_it_goes_on_by_itself(status: str) -> None:
    goes_on = status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"
    assert (find_situation(made_stack(status)) is Situation.BUSY) is goes_on
    assert is_done(made_stack(status)) is not status.endswith("_IN_PROGRESS")


def test_its_own_stack_and_an_empty_one_are_taken() -> None:
    check_ownership(made_stack(), NAMES)
    check_ownership(made_stack("REVIEW_IN_PROGRESS", tags={}), NAMES)


def test_a_stack_without_tulles_tags_is_foreign() -> None:
    with pytest.raises(ForeignResource, match="shop-dev already, and it was not made by tulle"):
        check_ownership(made_stack(tags={"team": "x"}), NAMES)


def test_a_stack_of_another_project_is_foreign() -> None:
    other = {"tulle:project": "shop-dev", "tulle:stage": ""}
    with pytest.raises(ForeignResource, match="belongs to shop-dev"):
        check_ownership(made_stack(tags=other), NAMES)


def test_busy_tells_what_runs_since_when() -> None:
    events = made_events(
        "stack CREATE_COMPLETE",
        "stack UPDATE_IN_PROGRESS User Initiated",
        "Role UPDATE_IN_PROGRESS",
        "Role UPDATE_COMPLETE",
        "Function UPDATE_IN_PROGRESS",
    )
    error = say_busy(made_stack("UPDATE_IN_PROGRESS"), reversed(events))
    assert error.message == (
        "the stack shop-dev is being changed: UPDATE_IN_PROGRESS since 03:00:01 UTC"
    )
    assert error.detail == "Function (AWS::Lambda::Function): UPDATE_IN_PROGRESS"
    assert "--wait" in error.hint


def test_stuck_tells_the_resources_that_hold_it() -> None:
    events = made_events(
        "Role UPDATE_FAILED of an older deployment",
        "stack UPDATE_IN_PROGRESS",
        "Role UPDATE_FAILED not this one: it was put back",
        "stack UPDATE_ROLLBACK_IN_PROGRESS",
        "Role UPDATE_COMPLETE",
        'Function UPDATE_FAILED Resource handler returned message: "gone" (RequestToken: 1, HandlerErrorCode: X)',
        "stack UPDATE_ROLLBACK_FAILED",
    )
    error = say_stuck(made_stack("UPDATE_ROLLBACK_FAILED"), reversed(events))
    assert error.detail == "Function (AWS::Lambda::Function): gone"
    assert "--continue-rollback" in error.hint
    assert [event.resource for event in held_by(reversed(events))] == ["Function"]


def test_a_deletion_that_failed_is_told() -> None:
    stack = replace(made_stack("DELETE_FAILED"), reason="failed to delete: [Bucket]")
    error = say_undeleted(stack)
    assert error.detail == "failed to delete: [Bucket]"
    assert "tulle destroy" in error.hint


def test_only_a_drift_that_was_found_is_told() -> None:
    assert drift_warning(made_stack()) is None
    assert drift_warning(made_stack(drift=Drift.IN_SYNC, drift_checked=BEGAN)) is None
    warning = drift_warning(made_stack(drift=Drift.DRIFTED, drift_checked=BEGAN))
    assert warning is not None
    assert "changed resources of shop-dev by hand (2026-11-28 03:00 UTC)" in warning
