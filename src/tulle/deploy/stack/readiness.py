"""Owns bringing a stack to where it can be deployed to: waited for, taken away where it is stillborn, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tulle.deploy.stack.apply import beginning, failure_of, last_event, watch
from tulle.deploy.stack.state import (
    Situation,
    check_ownership,
    drift_warning,
    find_situation,
    say_busy,
    say_stuck,
    say_undeleted,
)
from tulle.errors import StackStuck

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.aws.stack import Stack, StackEvent
    from tulle.deploy.names import Names
    from tulle.deploy.stack.apply import Watcher

__all__ = ["StackKeeper", "continue_rollback", "find_stack", "make_ready"]


class StackKeeper(Protocol):
    """Who knows a stack, deletes it, and goes on with its rollback."""

    def describe(self, name: str) -> Stack | None:
        """Tell how a stack is."""

    def events(self, stack: str) -> Iterator[StackEvent]:
        """Give what happened to it, the newest first."""

    def delete(self, stack: str) -> None:
        """Begin to delete it."""

    def continue_rollback(self, stack: str, *, skip: tuple[str, ...] = ()) -> None:
        """Begin to go on with a rollback that failed."""


def find_stack(stacks: StackKeeper, names: Names) -> Stack | None:
    """Find the stack of a deployment as it is, and change nothing; None where there is none.

    Raises:
        ForeignResource: the name is another's.
        StackBusy: others are changing it.
        StackStuck: it does not leave its state by itself.
    """
    stack = _own_stack(stacks, names)
    if stack is not None:
        _refuse(stacks, stack)
    return stack


def make_ready(
    stacks: StackKeeper, names: Names, watcher: Watcher, *, wait: bool = False
) -> Stack | None:
    """Bring a deployment's stack to where it can be created or updated.

    Args:
        stacks: who knows it.
        names: the deployment's.
        watcher: who hears of what happens, and how time passes.
        wait: whether to wait for what others do to it.

    Returns:
        The stack that is to be updated, or an empty one left by a change set; None where there is none.

    Raises:
        ForeignResource: the name is another's.
        StackBusy: others are changing it, and nobody wants to wait.
        StackStuck: it does not leave its state by itself.
    """
    while True:
        stack = _own_stack(stacks, names)
        situation = find_situation(stack)
        if stack is None:
            return None
        if situation is Situation.BUSY and wait:
            watcher.reporter.step(f"Wait for {stack.name}, which is {stack.status}")
            watch(stacks, stack.id, beginning(stacks, stack), watcher)
            continue
        _refuse(stacks, stack)
        if situation is not Situation.STILLBORN:
            _warn_of_drift(stack, watcher)
            return stack
        _remove(stacks, stack, watcher)


def continue_rollback(
    stacks: StackKeeper, names: Names, watcher: Watcher, *, skip: tuple[str, ...] = ()
) -> None:
    """Go on with an update's rollback that failed, to its end.

    Args:
        stacks: who knows the stack.
        names: the deployment's.
        watcher: who hears of what happens, and how time passes.
        skip: resources that are to be left as they are.

    Raises:
        StackStuck: it failed once more.
    """
    stack = _own_stack(stacks, names)
    if stack is None or find_situation(stack) is not Situation.STUCK:
        watcher.reporter.note(f"{names.stack} is not stuck: there is no rollback to go on with")
        return
    watcher.reporter.step(f"Go on with the rollback of {stack.name}")
    since = last_event(stacks, stack.id)
    stacks.continue_rollback(stack.id, skip=skip)
    watched = watch(stacks, stack.id, since, watcher)
    if watched.stack and find_situation(watched.stack) is Situation.STUCK:
        raise say_stuck(watched.stack, stacks.events(stack.id))


def _own_stack(stacks: StackKeeper, names: Names) -> Stack | None:
    stack = stacks.describe(names.stack)
    if stack is not None:
        check_ownership(stack, names)
    return stack


def _refuse(stacks: StackKeeper, stack: Stack) -> None:
    """Raise where a stack cannot be deployed to as it is."""
    match find_situation(stack):
        case Situation.BUSY:
            raise say_busy(stack, stacks.events(stack.id))
        case Situation.STUCK:
            raise say_stuck(stack, stacks.events(stack.id))
        case Situation.UNDELETED:
            raise say_undeleted(stack)
        case Situation.ABSENT | Situation.READY | Situation.STILLBORN:
            pass


def _remove(stacks: StackKeeper, stack: Stack, watcher: Watcher) -> None:
    """Delete a stack in which nothing ever lived."""
    watcher.reporter.step(f"Remove {stack.name}, whose first deployment failed")
    since = last_event(stacks, stack.id)
    stacks.delete(stack.id)
    watched = watch(stacks, stack.id, since, watcher)
    if watched.stack and watched.stack.status == "DELETE_FAILED":
        error = failure_of(watched)
        raise StackStuck(error.message, hint=error.hint, detail=error.detail)


def _warn_of_drift(stack: Stack, watcher: Watcher) -> None:
    warning = drift_warning(stack)
    if warning:
        watcher.reporter.warn(warning)
