"""Owns taking a deployment away: all that it has, and the removal of that, which may be run again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tulle.bundle.audit.sizes import mebibytes
from tulle.deploy.code.unpublish import plan_unpublish, show_unpublish, unpublish
from tulle.deploy.stack.apply import last_event, watch
from tulle.deploy.stack.causes import unwrapped
from tulle.deploy.stack.state import Situation, check_ownership, find_situation, held_by, say_busy
from tulle.errors import StackBusy, StackStuck

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.aws.ecr import Repositories
    from tulle.aws.logs import LogGroup, Logs
    from tulle.aws.s3 import Artifacts
    from tulle.aws.stack import Stack, StackEvent
    from tulle.aws.stack_survey import StackResource, StackSurvey
    from tulle.deploy.code.unpublish import UnpublishPlan
    from tulle.deploy.names import Names
    from tulle.deploy.stack.apply import Watcher

__all__ = ["Grounds", "Removal", "plan_removal", "remove", "show_removal"]

_LOG_GROUP = "AWS::Logs::LogGroup"
_GONE = "DELETE_COMPLETE"
_PATIENCE = 15  # how often a deletion is looked for that AWS has accepted and does not show yet


class _Stacks(Protocol):
    def describe(self, name: str) -> Stack | None: ...

    def events(self, stack: str) -> Iterator[StackEvent]: ...

    def delete(self, stack: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Where a deployment has things."""

    stacks: _Stacks
    survey: StackSurvey
    logs: Logs
    repositories: Repositories
    artifacts: Artifacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What goes when a deployment is taken away.

    Args:
        stack: None where it is gone already.
        resources: what is in it.
        log_groups: the stack's, and those that Lambda made by itself.
        code: what is published.
    """

    names: Names
    region: str
    stack: Stack | None
    resources: tuple[StackResource, ...]
    log_groups: tuple[LogGroup, ...]
    code: UnpublishPlan

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing of the deployment is there."""
        own = self.code.repository or self.code.zips
        return self.stack is None and not self.log_groups and not own


def plan_removal(names: Names, grounds: Grounds, *, region: str) -> Removal:
    """Look up all that a deployment has.

    Raises:
        ForeignResource: the stack of that name is another's.
        StackBusy: it is being changed.
        AwsError: AWS cannot be asked, or denies something.
    """
    stack = grounds.stacks.describe(names.stack)
    if stack is not None and stack.status == _GONE:
        stack = None
    resources: tuple[StackResource, ...] = ()
    if stack is not None:
        check_ownership(stack, names)
        is_going = stack.status == "DELETE_IN_PROGRESS"
        if find_situation(stack) is Situation.BUSY and not is_going:
            busy = say_busy(stack, grounds.stacks.events(stack.id))
            raise StackBusy(
                busy.message,
                hint="wait until that is done, and run `tulle destroy` again",
                detail=busy.detail,
            )
        resources = tuple(
            each for each in grounds.survey.resources(stack.id) if each.status != _GONE
        )
    return Removal(
        names=names,
        region=region,
        stack=stack,
        resources=resources,
        log_groups=_log_groups(names, resources, grounds.logs),
        code=plan_unpublish(names, repositories=grounds.repositories, artifacts=grounds.artifacts),
    )


def show_removal(removal: Removal) -> Iterator[str]:
    """Write what goes, a line for each thing."""
    yield f"Remove {removal.names.project}, stage {removal.names.stage}, from {removal.region}"
    if removal.stack is not None:
        yield f"- stack {removal.stack.name}: {_count(len(removal.resources), 'resource')}"
        names = max((len(each.name) for each in removal.resources), default=0)
        types = max((len(each.type) for each in removal.resources), default=0)
        for each in sorted(removal.resources, key=lambda each: (each.type, each.name)):
            known_as = _short(each.physical_id)
            yield f"    {each.name:<{names}}  {each.type:<{types}}  {known_as}".rstrip()
    for group in removal.log_groups:
        yield f"- log group {group.name}: {mebibytes(group.stored_bytes)}"
    yield from filter(None, show_unpublish(removal.code).split("\n"))
    if removal.stack is not None and "Url" in removal.stack.outputs:
        yield f"{removal.stack.outputs['Url']} will answer nobody any more"


def remove(removal: Removal, grounds: Grounds, watcher: Watcher) -> None:
    """Take away what a plan names. Should it be interrupted, a new plan has the rest.

    Raises:
        StackStuck: something in the stack does not let itself be deleted.
        AwsError: AWS cannot be asked, or denies something.
    """
    reporter = watcher.reporter
    if removal.stack is not None:
        reporter.step(f"Delete the stack {removal.stack.name}")
        _delete_stack(removal.stack, grounds.stacks, watcher)
    # The function may have made its group anew while the stack went.
    for name in dict.fromkeys(
        [removal.names.log_group, *(group.name for group in removal.log_groups)]
    ):
        if any(group.name == name for group in grounds.logs.groups(name)):
            reporter.step(f"Delete the log group {name}")
            grounds.logs.delete_group(name)
    unpublish(
        removal.code,
        repositories=grounds.repositories,
        artifacts=grounds.artifacts,
        reporter=reporter,
    )


def _log_groups(
    names: Names, resources: tuple[StackResource, ...], logs: Logs
) -> tuple[LogGroup, ...]:
    """Find the function's group, whoever made it, and what else the stack logs to."""
    wanted = [names.log_group]
    wanted += [each.physical_id for each in resources if each.type == _LOG_GROUP]
    return tuple(
        group
        for name in dict.fromkeys(filter(None, wanted))
        for group in logs.groups(name)
        if group.name == name
    )


def _delete_stack(stack: Stack, stacks: _Stacks, watcher: Watcher) -> None:
    since = last_event(stacks, stack.id)
    if stack.status != "DELETE_IN_PROGRESS":
        stacks.delete(stack.id)
    for _ in range(_PATIENCE):
        watched = watch(stacks, stack.id, since, watcher)
        now = watched.stack
        if now is None or now.status == _GONE:
            return
        if now.status == "DELETE_FAILED":
            raise _not_deleted(now, stacks)
        since = watched.events[-1].id if watched.events else since
        watcher.sleep(1)
    raise StackBusy(
        f"AWS does not begin to delete the stack {stack.name}",
        hint="run `tulle destroy` again in a minute",
    )


def _not_deleted(stack: Stack, stacks: _Stacks) -> StackStuck:
    lines = [
        f"{each.resource} ({each.type}): {unwrapped(each.reason) or each.status}"
        for each in held_by(stacks.events(stack.id))
    ]
    return StackStuck(
        f"CloudFormation could not delete all of the stack {stack.name}",
        hint="put right what keeps these resources, and run `tulle destroy` again: it goes on with the rest",
        detail="\n".join(lines) or stack.reason or None,
    )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _short(physical_id: str) -> str:
    """Leave out of an ARN what is the same for all."""
    return physical_id.split(":", 5)[-1] if physical_id.startswith("arn:") else physical_id
