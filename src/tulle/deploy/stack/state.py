"""Owns what a stack's status means: whether it may be changed, must go first, or must be waited for."""

from __future__ import annotations

from datetime import UTC
from enum import Enum, auto
from typing import TYPE_CHECKING

from tulle.aws.stack import Drift
from tulle.deploy.stack.causes import unwrapped
from tulle.errors import ForeignResource, StackBusy, StackStuck

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tulle.aws.stack import Stack, StackEvent
    from tulle.deploy.names import Names

__all__ = [
    "Situation",
    "check_ownership",
    "drift_warning",
    "find_situation",
    "held_by",
    "is_done",
    "say_busy",
    "say_stuck",
    "say_undeleted",
]

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html


class Situation(Enum):
    """What may be done with a stack."""

    ABSENT = auto()
    """There is none, or none but in name: it is to be created."""
    READY = auto()
    """It can be updated."""
    BUSY = auto()
    """Something is being done to it."""
    STILLBORN = auto()
    """Its creation failed, and nothing ever lived there: it can only be deleted."""
    STUCK = auto()
    """A rollback failed, and it stays where it is until somebody goes on with that."""
    UNDELETED = auto()
    """Its deletion failed: what is left can only be deleted."""


_SITUATIONS = {
    "REVIEW_IN_PROGRESS": Situation.ABSENT,  # a change set was made for it, and never executed
    "DELETE_COMPLETE": Situation.ABSENT,
    "CREATE_COMPLETE": Situation.READY,
    "UPDATE_COMPLETE": Situation.READY,
    "UPDATE_FAILED": Situation.READY,  # with rollback off: what was reached is kept
    "UPDATE_ROLLBACK_COMPLETE": Situation.READY,
    "IMPORT_COMPLETE": Situation.READY,
    "IMPORT_ROLLBACK_COMPLETE": Situation.READY,
    "CREATE_FAILED": Situation.STILLBORN,
    "ROLLBACK_COMPLETE": Situation.STILLBORN,
    "ROLLBACK_FAILED": Situation.STILLBORN,
    "DELETE_FAILED": Situation.UNDELETED,
    "UPDATE_ROLLBACK_FAILED": Situation.STUCK,
    "IMPORT_ROLLBACK_FAILED": Situation.STUCK,
}


def find_situation(stack: Stack | None) -> Situation:
    """Tell what may be done with a stack."""
    if stack is None:
        return Situation.ABSENT
    if stack.status in _SITUATIONS:
        return _SITUATIONS[stack.status]
    return Situation.BUSY  # `..._IN_PROGRESS`, of which AWS may add more


def is_done(stack: Stack) -> bool:
    """Tell whether a stack that was being changed has come to its end, good or bad."""
    return not stack.status.endswith("_IN_PROGRESS")


def check_ownership(stack: Stack, names: Names) -> None:
    """Refuse a stack that is not this deployment's.

    Raises:
        ForeignResource: somebody or something else made it.
    """
    if stack.status == "REVIEW_IN_PROGRESS":  # has nothing yet, and AWS shows no tags of it
        return
    project, stage = stack.tags.get("tulle:project"), stack.tags.get("tulle:stage")
    if (project, stage) == (names.project, names.stage):
        return
    whose = f"belongs to {project}, stage {stage}" if project else "was not made by tulle"
    raise ForeignResource(
        f"there is a stack {stack.name} already, and it {whose}",
        hint="give the project another `name` in tulle.toml, or deploy another --stage; tulle leaves that stack alone",
    )


def say_busy(stack: Stack, events: Iterable[StackEvent]) -> StackBusy:
    """Tell what is being done to a stack, and since when.

    Args:
        stack: a busy one.
        events: the stack's, the newest first.
    """
    began: StackEvent | None = None
    last: dict[str, StackEvent] = {}
    for event in events:
        if not event.is_stacks:
            last.setdefault(event.resource, event)
        elif event.status != stack.status:
            break
        else:
            began = event
    since = f" since {began.at.astimezone(UTC):%H:%M:%S} UTC" if began else ""
    under_way = [
        f"{event.resource} ({event.type}): {event.status}"
        for event in last.values()
        if event.status.endswith("_IN_PROGRESS")
    ]
    return StackBusy(
        f"the stack {stack.name} is being changed: {stack.status}{since}",
        hint="`tulle deploy --wait` waits until that is done, and deploys then",
        detail="\n".join(under_way) or None,
    )


def say_stuck(stack: Stack, events: Iterable[StackEvent]) -> StackStuck:
    """Tell which resources hold a stack whose rollback failed, and how to go on.

    Args:
        stack: one that is stuck.
        events: the stack's, the newest first.
    """
    lines = [
        f"{each.resource} ({each.type}): {unwrapped(each.reason) or each.status}"
        for each in held_by(events)
    ]
    return StackStuck(
        f"the stack {stack.name} is stuck: an update failed, and so did the way back ({stack.status})",
        hint="put right what keeps these resources, then `tulle deploy --continue-rollback`; "
        "with --skip NAME one of them is left as it is",
        detail="\n".join(lines) or stack.reason or None,
    )


def say_undeleted(stack: Stack) -> StackStuck:
    """Tell that a stack's deletion was begun, and is not through."""
    return StackStuck(
        f"somebody began to delete the stack {stack.name}, and that failed",
        hint="`tulle destroy` goes on with it; then deploy again",
        detail=stack.reason or None,
    )


def held_by(events: Iterable[StackEvent]) -> tuple[StackEvent, ...]:
    """Give the resources whose last word is that they failed, since the stack last began something.

    Args:
        events: the stack's, the newest first.
    """
    last: dict[str, StackEvent] = {}
    for event in events:
        if not event.is_stacks:
            last.setdefault(event.resource, event)
        elif event.status.endswith("_IN_PROGRESS"):
            break
    return tuple(event for event in last.values() if event.status.endswith("_FAILED"))


def drift_warning(stack: Stack) -> str | None:
    """Say that somebody changed a stack's resources by hand, where CloudFormation has found that."""
    if stack.drift is not Drift.DRIFTED:
        return None
    found = (
        f" ({stack.drift_checked.astimezone(UTC):%Y-%m-%d %H:%M} UTC)"
        if stack.drift_checked
        else ""
    )
    return (
        f"somebody changed resources of {stack.name} by hand{found}; a deployment puts back only "
        "what changes in it: `tulle status --drift` lists them"
    )
