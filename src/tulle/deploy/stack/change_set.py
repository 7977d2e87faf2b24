"""Owns a change set while it is looked at: made, waited for, and gone again when nobody executes it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from tulle.deploy.stack.causes import find_cause, unwrapped
from tulle.deploy.stack.state import is_done
from tulle.errors import DeploymentFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tulle.aws.stack import ChangeSet, ChangeSetRequest, Stack

__all__ = ["ChangeSets", "changes_nothing", "offered_change_set"]

# What CloudFormation says in place of an empty change set.
_NOTHING = ("didn't contain changes", "No updates are to be performed")
_PENDING = frozenset({"CREATE_PENDING", "CREATE_IN_PROGRESS"})
_PAUSES_S = (0.1, 0.3, 0.6, 1.0)


class ChangeSets(Protocol):
    """Who makes change sets and drops them."""

    def describe(self, name: str) -> Stack | None:
        """Tell how a stack is."""

    def create_change_set(self, request: ChangeSetRequest) -> str:
        """Begin to make one; give its id."""

    def change_set(self, stack: str, change_set_id: str) -> ChangeSet:
        """Tell how it is."""

    def delete_change_set(self, change_set_id: str) -> None:
        """Drop it."""

    def delete(self, stack: str) -> None:
        """Begin to delete a stack."""


@contextmanager
def offered_change_set(
    stacks: ChangeSets,
    request: ChangeSetRequest,
    sleep: Callable[[float], None],
    *,
    new_stack: bool,
) -> Iterator[ChangeSet]:
    """Give a change set that could be executed; when it was not, nothing of it stays.

    Args:
        stacks: who makes it.
        request: of what.
        sleep: how time passes.
        new_stack: whether there is no stack of that name, not even an empty one; CloudFormation makes one for
            the change set, and it goes with it.

    Raises:
        StackBusy: the stack is being changed.
        DeploymentFailed: CloudFormation does not accept the template.
    """
    new_id = stacks.create_change_set(request)
    try:
        change_set = _finished(stacks, request.stack, new_id, sleep)
        if change_set.status == "FAILED" and not changes_nothing(change_set):
            raise _refused(request, change_set)
        yield change_set
    finally:
        _drop(stacks, request.stack, new_id, sleep if new_stack else None)


def changes_nothing(change_set: ChangeSet) -> bool:
    """Tell whether a stack is already what the template says."""
    return change_set.status == "FAILED" and any(text in change_set.reason for text in _NOTHING)


def _finished(
    stacks: ChangeSets, stack: str, change_set_id: str, sleep: Callable[[float], None]
) -> ChangeSet:
    tries = 0
    while True:
        change_set = stacks.change_set(stack, change_set_id)
        if change_set.status not in _PENDING:
            return change_set
        sleep(_PAUSES_S[min(tries, len(_PAUSES_S) - 1)])
        tries += 1


def _refused(request: ChangeSetRequest, change_set: ChangeSet) -> DeploymentFailed:
    """Tell what CloudFormation finds fault with: the first resource, and the others below."""
    said = [f"{each.resource} ({each.type}): {each.reason}" for each in change_set.failures]
    reason = change_set.failures[0].reason if change_set.failures else change_set.reason
    cause = find_cause(reason)
    return DeploymentFailed(
        f"CloudFormation does not accept what {request.stack} should become: "
        f"{cause.means if cause else unwrapped(reason)}",
        hint=cause.do if cause else "put right what it says, and run `tulle deploy` again",
        detail="\n".join(said) or (change_set.reason if cause else None),
    )


def _drop(
    stacks: ChangeSets, name: str, change_set_id: str, sleep: Callable[[float], None] | None
) -> None:
    """Drop a change set that was not executed; with a way to wait, the empty stack that was made for it, too."""
    stack = stacks.describe(name)
    if stack is None:
        return
    if stack.status == "REVIEW_IN_PROGRESS" and sleep:
        stacks.delete(stack.id)
        while (left := stacks.describe(stack.id)) and left.status != "DELETE_COMPLETE":
            sleep(_PAUSES_S[1])
    elif stack.status == "REVIEW_IN_PROGRESS" or is_done(stack):
        stacks.delete_change_set(change_set_id)
