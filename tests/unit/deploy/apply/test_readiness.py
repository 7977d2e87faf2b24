"""Bringing a stack to where it can be deployed to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tulle.aws.stack import Drift
from tulle.deploy.names import Names
from tulle.deploy.stack.apply import Watcher
from tulle.deploy.stack.readiness import make_ready
from tulle.errors import StackStuck
from tulle.progress import SilentReporter
from unit.deploy.apply.made_stacks import BEGAN, made_events, made_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.aws.stack import Stack, StackEvent

NAMES = Names(project="shop", stage="dev")


@dataclass
class Warned(SilentReporter):
    """A reporter that keeps what it was warned of."""

    warnings: list[str] = field(default_factory=list)

    def warn(self, text: str) -> None:
        self.warnings.append(text)


@dataclass
class OneStack:
    """A stack that is as it is; when it is deleted, it comes to the state named."""

    stack: Stack | None
    after_deletion: str = "DELETE_COMPLETE"
    deleted: bool = False

    def describe(self, name: str) -> Stack | None:
        if self.deleted and name == "shop-dev" and self.after_deletion == "DELETE_COMPLETE":
            return None  # of a deleted stack only its ARN is known
        return self.stack

    def events(self, stack: str) -> Iterator[StackEvent]:
        assert self.stack
        assert stack == self.stack.id
        if self.deleted:
            failed = "Logs DELETE_FAILED it is in use"
            yield from reversed(made_events("x x", failed, f"stack {self.after_deletion}"))
        else:
            yield from made_events(f"stack {self.stack.status}")

    def delete(self, stack: str) -> None:
        assert self.stack
        assert stack == self.stack.id
        self.deleted, self.stack = True, made_stack(self.after_deletion)

    def continue_rollback(self, stack: str, *, skip: tuple[str, ...] = ()) -> None:
        raise AssertionError(stack, skip)


def watcher(reporter: SilentReporter | None = None) -> Watcher:
    return Watcher(reporter=reporter or SilentReporter(), sleep=lambda _: None)


def test_a_stack_that_was_changed_by_hand_is_warned_of() -> None:
    reporter = Warned()
    stack = made_stack("UPDATE_COMPLETE", drift=Drift.DRIFTED, drift_checked=BEGAN)
    assert make_ready(OneStack(stack), NAMES, watcher(reporter)) == stack
    (warning,) = reporter.warnings
    assert "changed resources of shop-dev by hand" in warning
    assert "tulle status --drift" in warning


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"])
def test_what_never_lived_is_removed(status: str) -> None:
    stacks = OneStack(made_stack(status))
    assert make_ready(stacks, NAMES, watcher()) is None
    assert stacks.deleted


def test_what_cannot_be_removed_is_told() -> None:
    stacks = OneStack(made_stack("ROLLBACK_FAILED"), after_deletion="DELETE_FAILED")
    with pytest.raises(StackStuck, match=r"Logs \(AWS::X\) failed to delete: it is in use"):
        make_ready(stacks, NAMES, watcher())


def test_an_empty_stack_is_taken_as_it_is() -> None:
    stack = made_stack("REVIEW_IN_PROGRESS", tags={})
    assert make_ready(OneStack(stack), NAMES, watcher()) == stack
