"""Watching a stack to its end, and what is said when that is a bad one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tulle.aws.stack import ChangeSet
from tulle.deploy.stack.apply import (
    Watched,
    Watcher,
    beginning,
    execute,
    failure_of,
    first_failure,
    last_event,
    watch,
)
from tulle.errors import AwsUnreachable, DeploymentFailed, StackBusy
from unit.deploy.apply.made_stacks import ARN, made_events, made_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.aws.stack import Stack, StackEvent

CHANGE_SET = ChangeSet(id="1", stack_id=ARN, status="CREATE_COMPLETE", reason="", changes=())
GOOD = (
    "stack UPDATE_IN_PROGRESS User Initiated",
    "Role UPDATE_IN_PROGRESS",
    "Role UPDATE_COMPLETE",
    "Function UPDATE_IN_PROGRESS",
    "Function UPDATE_COMPLETE",
    "stack UPDATE_COMPLETE",
)
BAD = (
    "stack UPDATE_IN_PROGRESS User Initiated",
    "Role CREATE_FAILED Resource creation cancelled",
    'Function UPDATE_FAILED Resource handler returned message: "Rate exceeded" (RequestToken: 1, HandlerErrorCode: X)',
    "stack UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [Function].",
    "Role UPDATE_FAILED later",
    "stack UPDATE_ROLLBACK_COMPLETE",
)


@dataclass
class PlayedStack:
    """A stack to which one more thing has happened at each look, before what it had gone through earlier."""

    earlier: tuple[StackEvent, ...] = ()
    script: tuple[StackEvent, ...] = ()
    happened: int = 0
    executed: list[str] = field(default_factory=list)

    def describe(self, name: str) -> Stack | None:
        assert name == ARN
        self.happened = min(self.happened + 1, len(self.script))
        own = [event for event in self.script[: self.happened] if event.is_stacks]
        return made_stack(own[-1].status)

    def events(self, stack: str) -> Iterator[StackEvent]:
        assert stack == ARN
        yield from reversed((*self.earlier, *self.script[: self.happened]))

    def execute_change_set(self, change_set: ChangeSet) -> None:
        self.executed.append(change_set.id)


@dataclass
class Told:
    """A reporter that keeps what it heard, and a sleep that keeps how long."""

    lines: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def step(self, text: str) -> None:
        self.lines.append(f"→ {text}")

    def note(self, text: str) -> None:
        self.lines.append(text)

    def progress(self, done_bytes: int, total_bytes: int) -> None:  # noqa: ARG002
        raise AssertionError("nothing is sent")

    def warn(self, text: str) -> None:
        self.lines.append(f"! {text}")

    def done(self, text: str) -> None:
        self.lines.append(f"✓ {text}")

    @property
    def watcher(self) -> Watcher:
        return Watcher(reporter=self, sleep=self.slept.append)


def made_script(*lines: str) -> tuple[StackEvent, ...]:
    return made_events("stack CREATE_COMPLETE", *lines)[1:]


def test_tells_each_resource_until_the_end() -> None:
    told = Told()
    played = PlayedStack(earlier=made_events("stack CREATE_COMPLETE"), script=made_script(*GOOD))
    assert execute(played, CHANGE_SET, told.watcher).status == "UPDATE_COMPLETE"
    assert told.lines == [
        "Role (AWS::IAM::Role): changing",
        "Role (AWS::IAM::Role): changed in 1 s",
        "Function (AWS::Lambda::Function): changing",
        "Function (AWS::Lambda::Function): changed in 1 s",
    ]
    assert played.executed == ["1"]


def test_looks_often_at_first_and_then_every_two_seconds() -> None:
    told = Told()
    script = made_script(*GOOD[:4], *("Role UPDATE_IN_PROGRESS",) * 4, GOOD[-1])
    watch(PlayedStack(script=script), ARN, None, told.watcher)
    assert told.slept == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0]


def test_what_began_and_ended_between_two_looks_is_one_line() -> None:
    told = Told()
    script = made_script(*GOOD)
    played = PlayedStack(script=script, happened=len(script) - 1)
    watch(played, ARN, None, told.watcher)
    assert told.lines == [
        "Role (AWS::IAM::Role): changed in 1 s",
        "Function (AWS::Lambda::Function): changed in 1 s",
    ]


def test_tells_that_what_leaves_the_stack_may_stay() -> None:
    told = Told()
    script = made_script(GOOD[0], "Version1 DELETE_SKIPPED", GOOD[-1])
    watch(PlayedStack(script=script), ARN, None, told.watcher)
    assert told.lines == ["Version1 (AWS::X): stays in the account"]


def test_tells_that_nothing_stays_of_a_stack_that_goes() -> None:
    told = Told()
    script = made_script(
        "stack DELETE_IN_PROGRESS", "Version1 DELETE_SKIPPED", "stack DELETE_COMPLETE"
    )
    watch(PlayedStack(script=script), ARN, None, told.watcher)
    assert told.lines == ["Version1 (AWS::X): goes with its function"]


def test_tells_nothing_of_what_was_before() -> None:
    told = Told()
    earlier = made_events("Role CREATE_COMPLETE")
    played = PlayedStack(earlier=earlier, script=made_script(GOOD[0], GOOD[-1]))
    watched = watch(played, ARN, last_event(played, ARN), told.watcher)
    assert [event.status for event in watched.events] == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]
    assert told.lines == []


def test_the_status_from_before_is_no_end() -> None:
    told = Told()
    earlier = made_events("stack UPDATE_COMPLETE")

    class Late(PlayedStack):
        """One of which AWS gives the old status at the first look."""

        def describe(self, name: str) -> Stack | None:
            stack = super().describe(name)
            return made_stack("UPDATE_COMPLETE") if self.happened == 1 else stack

    played = Late(earlier=earlier, script=made_script(*GOOD))
    watched = watch(played, ARN, last_event(played, ARN), told.watcher)
    assert [event.status for event in watched.events][-1] == "UPDATE_COMPLETE"
    assert len(watched.events) == len(GOOD)


def test_the_beginning_is_where_a_stack_came_into_its_state() -> None:
    played = PlayedStack(script=made_script(*GOOD), happened=len(GOOD))
    assert beginning(played, made_stack("UPDATE_IN_PROGRESS")) == played.script[0].id
    assert beginning(played, made_stack("DELETE_IN_PROGRESS")) is None


def test_a_failure_names_the_first_real_one_its_cause_and_what_to_do() -> None:
    told = Told()
    with pytest.raises(DeploymentFailed) as caught:
        execute(PlayedStack(script=made_script(*BAD)), CHANGE_SET, told.watcher)
    error = caught.value
    assert error.message == (
        "Function (AWS::Lambda::Function) failed to update: AWS was asked too much at once"
    )
    assert error.detail == (
        "AWS says: Rate exceeded\nEverything is as it was before, and what was live still is."
    )
    assert error.hint == "run `tulle deploy` again in a minute"
    assert told.lines == [
        "! Function: Rate exceeded",
        "! CloudFormation puts everything back",
        "! Role: later",
    ]


def test_an_unknown_failure_is_given_in_awss_words() -> None:
    events = made_events("Function CREATE_FAILED Internal Failure", "stack ROLLBACK_COMPLETE")
    error = failure_of(Watched(stack=made_stack("ROLLBACK_COMPLETE"), events=events))
    assert error.message == "Function (AWS::Lambda::Function) failed to create: Internal Failure"
    assert error.detail is not None
    assert error.detail.startswith("What had been made is removed again")


def test_a_stack_that_gives_up_without_a_failure_says_what_cloudformation_says() -> None:
    error = failure_of(Watched(stack=made_stack("UPDATE_ROLLBACK_COMPLETE"), events=()))
    assert "UPDATE_ROLLBACK_COMPLETE" in error.message


def test_a_stack_that_was_deleted_meanwhile_is_told() -> None:
    error = failure_of(Watched(stack=None, events=()))
    assert error.message == "somebody deleted the stack while it was being deployed"


def test_what_was_only_cancelled_is_no_failure() -> None:
    assert first_failure(made_events("Role CREATE_FAILED Resource creation cancelled")) is None


def test_an_interruption_says_that_aws_goes_on() -> None:
    told = Told()

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    watcher = Watcher(reporter=told, sleep=interrupted)
    with pytest.raises(KeyboardInterrupt):
        execute(PlayedStack(script=made_script(*GOOD)), CHANGE_SET, watcher)
    assert told.lines[-1].startswith("! AWS goes on by itself")
    assert "tulle deploy --wait" in told.lines[-1]


def test_a_lost_connection_says_that_aws_goes_on() -> None:
    told = Told()

    def lost(_: float) -> None:
        raise AwsUnreachable("nobody answers", hint="look at the network")

    watcher = Watcher(reporter=told, sleep=lost)
    with pytest.raises(AwsUnreachable):
        execute(PlayedStack(script=made_script(*GOOD)), CHANGE_SET, watcher)
    assert told.lines[-1].startswith("! AWS goes on by itself")


def test_who_was_not_let_in_hears_nothing_of_what_goes_on() -> None:
    told = Told()

    class Taken(PlayedStack):
        """A stack that somebody else is changing."""

        def execute_change_set(self, change_set: ChangeSet) -> None:
            raise StackBusy(change_set.id, hint="wait")

    with pytest.raises(StackBusy):
        execute(Taken(script=made_script(*GOOD)), CHANGE_SET, told.watcher)
    assert told.lines == []
