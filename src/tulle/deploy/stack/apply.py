"""Owns making a change set true: executed, watched to its end, and told in plain words when it fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, Protocol

from tulle.deploy.stack.causes import find_cause, unwrapped
from tulle.deploy.stack.state import is_done
from tulle.errors import AwsError, DeploymentFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from tulle.aws.stack import ChangeSet, Stack, StackEvent
    from tulle.progress import Reporter

__all__ = [
    "StackWatch",
    "Watched",
    "Watcher",
    "beginning",
    "execute",
    "failure_of",
    "first_failure",
    "last_event",
    "watch",
]

_PAUSES_S = (0.1, 0.2, 0.4, 0.8, 1.6)  # at first, when things are quick
_PAUSE_S = 2.0
_GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
_CANCELLED = ("cancelled", "canceled")
_VERBS = {
    "CREATE": ("creating", "created"),
    "UPDATE": ("changing", "changed"),
    "DELETE": ("removing", "removed"),
    "IMPORT": ("importing", "imported"),
    "ROLLBACK": ("putting back", "put back"),
}


class StackWatch(Protocol):
    """Who knows how a stack is, and what happened to it."""

    def describe(self, name: str) -> Stack | None:
        """Tell how a stack is."""

    def events(self, stack: str) -> Iterator[StackEvent]:
        """Give what happened to it, the newest first."""


class _Executor(StackWatch, Protocol):
    def execute_change_set(self, change_set: ChangeSet) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """How a stack is watched: who hears of it, and how time passes."""

    reporter: Reporter
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What came of an operation on a stack.

    Args:
        stack: as it is in the end; None where it is gone.
        events: what happened meanwhile, the oldest first.
    """

    stack: Stack | None
    events: tuple[StackEvent, ...]


def execute(stacks: _Executor, change_set: ChangeSet, watcher: Watcher) -> Stack:
    """Make a change set true, and watch until the stack is as it should be.

    Raises:
        StackBusy: somebody else came first.
        DeploymentFailed: a resource did not become what it should; the stack was put back.
    """
    since = last_event(stacks, change_set.stack_id)
    try:
        stacks.execute_change_set(change_set)
        watched = _watch_on(stacks, change_set.stack_id, since, watcher)
    except KeyboardInterrupt:
        _say_that_aws_goes_on(watcher.reporter)
        raise
    if watched.stack is None or watched.stack.status not in _GOOD:
        raise failure_of(watched)
    return watched.stack


def _watch_on(stacks: StackWatch, stack_id: str, since: str | None, watcher: Watcher) -> Watched:
    try:
        return watch(stacks, stack_id, since, watcher)
    except AwsError:  # whoever cannot look does not stop what is under way
        _say_that_aws_goes_on(watcher.reporter)
        raise


def _say_that_aws_goes_on(reporter: Reporter) -> None:
    reporter.warn(
        "AWS goes on by itself with what was begun; `tulle status` tells how far it is, "
        "and `tulle deploy --wait` goes on from there"
    )


def last_event(stacks: StackWatch, stack: str) -> str | None:
    """Give the id of the last thing that happened to a stack."""
    newest = next(stacks.events(stack), None)
    return newest.id if newest else None


def beginning(stacks: StackWatch, stack: Stack) -> str | None:
    """Give the id of the event with which a stack came into the state that it was found in."""
    own = (event for event in stacks.events(stack.id) if event.is_stacks)
    return next((event.id for event in own if event.status == stack.status), None)


def watch(stacks: StackWatch, stack_id: str, since: str | None, watcher: Watcher) -> Watched:
    """Tell what happens to a stack until it comes to an end, good or bad.

    A status alone is no end: just after something was begun, AWS may still give the one from before.

    Args:
        stacks: who knows of it.
        stack_id: its ARN.
        since: the last event that is known already, from before the end.
        watcher: who hears, and how time passes.
    """
    happened: list[StackEvent] = []
    story = _Story(watcher.reporter)
    for pause_s in _pauses():
        stack = stacks.describe(stack_id)
        fresh = _since(since, stacks.events(stack_id))
        story.tell(fresh)
        happened += fresh
        since = happened[-1].id if happened else since
        if stack is None or (is_done(stack) and _ends(happened, stack.status)):
            return Watched(stack=stack, events=tuple(happened))
        watcher.sleep(pause_s)
    raise AssertionError("pauses do not end")


def _ends(happened: list[StackEvent], status: str) -> bool:
    return any(event.is_stacks and event.status == status for event in happened)


def _since(known: str | None, events: Iterator[StackEvent]) -> list[StackEvent]:
    """Take what is newer than a known event, and put it into order of time."""
    return list(takewhile(lambda event: event.id != known, events))[::-1]


def failure_of(watched: Watched) -> DeploymentFailed:
    """Tell why a deployment failed: the first resource that did, what that means, what to do, where things are now."""
    stack, event = watched.stack, first_failure(watched.events)
    if stack is None:
        return DeploymentFailed(
            "somebody deleted the stack while it was being deployed",
            hint="run `tulle deploy` again, which makes it anew",
        )
    now = _AFTERMATH.get(stack.status, f"The stack is {stack.status} now.")
    if event is None:
        return DeploymentFailed(
            f"CloudFormation gave the stack {stack.name} up: {stack.reason or stack.status}",
            hint="run `tulle deploy` again",
            detail=now,
        )
    reason = unwrapped(event.reason)
    cause = find_cause(event.reason)
    word = event.status.removesuffix("_FAILED").lower()
    return DeploymentFailed(
        f"{event.resource} ({event.type}) failed to {word}: {cause.means if cause else reason}",
        hint=cause.do if cause else "put right what it says, and run `tulle deploy` again",
        detail="\n".join(filter(None, (f"AWS says: {reason}" if cause else "", now))),
    )


def first_failure(events: tuple[StackEvent, ...]) -> StackEvent | None:
    """Find what failed by itself, rather than because something else had failed.

    Args:
        events: the oldest first.
    """
    failed = [
        event
        for event in events
        if event.status.endswith("_FAILED") and not event.is_stacks and not _is_cancelled(event)
    ]
    return failed[0] if failed else None


_AFTERMATH = {
    "ROLLBACK_COMPLETE": "What had been made is removed again; nothing of it is left but the stack's own record, "
    "which the next deployment removes.",
    "ROLLBACK_FAILED": "Not all that had been made could be removed again; the next deployment tries that once more.",
    "UPDATE_ROLLBACK_COMPLETE": "Everything is as it was before, and what was live still is.",
    "UPDATE_ROLLBACK_FAILED": "The way back failed, too: `tulle deploy --continue-rollback` goes on with it.",
    "DELETE_COMPLETE": "Somebody deleted the stack.",
}


def _pauses() -> Iterator[float]:
    yield from _PAUSES_S
    while True:
        yield _PAUSE_S


def _is_cancelled(event: StackEvent) -> bool:
    return any(word in event.reason.lower() for word in _CANCELLED)


@dataclass(slots=True)
class _Story:
    """Tells of each resource when something begins and when it is done, and how long it took."""

    reporter: Reporter
    began: dict[str, datetime] = field(default_factory=dict)
    all_goes: bool = False

    def tell(self, events: list[StackEvent]) -> None:
        """Tell what happened since the last look; what began and ended within it is one line."""
        last = {event.resource: event for event in events}
        for event in events:
            if event.is_stacks:
                self._tell_of_stack(event)
            else:
                self._tell_of_resource(event, goes_on=last[event.resource] is event)

    def _tell_of_resource(self, event: StackEvent, *, goes_on: bool) -> None:
        operation, _, state = event.status.partition("_")
        doing, done = _VERBS.get(operation, (event.status, event.status))
        if state == "FAILED":
            if not _is_cancelled(event):
                self.reporter.warn(f"{event.resource}: {unwrapped(event.reason) or event.status}")
        elif state == "COMPLETE":
            seconds = (event.at - self.began.pop(event.resource, event.at)).total_seconds()
            took = f" in {seconds:.0f} s" if seconds >= 1 else ""
            self.reporter.note(f"{event.resource} ({event.type}): {done}{took}")
        elif state == "SKIPPED":
            # Only versions are kept when they leave the stack, and none outlives its function.
            stays = "goes with its function" if self.all_goes else "stays in the account"
            self.reporter.note(f"{event.resource} ({event.type}): {stays}")
        elif event.resource not in self.began:
            self.began[event.resource] = event.at
            if goes_on:
                self.reporter.note(f"{event.resource} ({event.type}): {doing}")

    def _tell_of_stack(self, event: StackEvent) -> None:
        if event.status == "DELETE_IN_PROGRESS":
            self.all_goes = True
        elif event.status.endswith("ROLLBACK_IN_PROGRESS"):
            self.reporter.warn("CloudFormation puts everything back")
        elif event.status.endswith("CLEANUP_IN_PROGRESS"):
            self.reporter.note("removing what was replaced")
