"""Owns bringing a stack to what a template says: the change set asked for, looked at, decided on, executed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from tulle.aws.stack import ChangeSetRequest
from tulle.deploy.stack.apply import execute
from tulle.deploy.stack.change_set import changes_nothing, offered_change_set
from tulle.deploy.stack.plan import make_plan
from tulle.deploy.stack.state import Situation, find_situation
from tulle.errors import InvalidApiKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tulle.aws.stack import ChangeSet, Stack, StackEvent
    from tulle.deploy.names import Names
    from tulle.deploy.stack.apply import Watcher
    from tulle.deploy.stack.plan import StackPlan
    from tulle.deploy.template.template import Template

__all__ = ["StackChange", "StackChanger", "change_stack", "plan_stack", "request_change"]


class StackChanger(Protocol):
    """All that changing a stack asks of CloudFormation."""

    def describe(self, name: str) -> Stack | None:
        """Tell how a stack is."""

    def events(self, stack: str) -> Iterator[StackEvent]:
        """Give what happened to it, the newest first."""

    def create_change_set(self, request: ChangeSetRequest) -> str:
        """Begin to make a change set; give its id."""

    def change_set(self, stack: str, change_set_id: str) -> ChangeSet:
        """Tell how it is."""

    def execute_change_set(self, change_set: ChangeSet) -> None:
        """Begin to make it true."""

    def delete_change_set(self, change_set_id: str) -> None:
        """Drop it."""

    def delete(self, stack: str) -> None:
        """Begin to delete a stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackChange:
    """What a stack shall become.

    Args:
        request: what CloudFormation is asked.
        stack: the stack as it is; None where there is none.
        region: where, for people.
    """

    request: ChangeSetRequest
    stack: Stack | None
    region: str


def request_change(
    names: Names,
    template: Template,
    stack: Stack | None,
    environ: Mapping[str, str],
    *,
    change_set: str,
) -> ChangeSetRequest:
    """Write what CloudFormation is asked.

    Args:
        names: the deployment's.
        template: what the stack shall be.
        stack: as it is; None where there is none.
        environ: holds the values of secret parameters; those that it lacks keep the value that the stack has.
        change_set: a name that no other change set has.

    Raises:
        InvalidApiKey: a secret is neither in the environment nor in the stack.
    """
    kept = stack.parameters if stack else ()
    return ChangeSetRequest(
        stack=names.stack,
        name=change_set,
        creates=find_situation(stack) is Situation.ABSENT,
        template=template.text,
        parameters=tuple(
            (name, _secret(environ, variable, is_kept=name in kept))
            for name, variable in template.secrets
        ),
        capabilities=template.capabilities,
        tags=template.tags,
    )


def plan_stack(
    stacks: StackChanger, change: StackChange, sleep: Callable[[float], None]
) -> StackPlan:
    """Work out what would change, and leave everything as it is.

    Raises:
        StackBusy: somebody is changing the stack.
        DeploymentFailed: CloudFormation does not accept the template.
    """
    request, is_new = change.request, change.stack is None
    if find_situation(change.stack) is Situation.STILLBORN:
        # Its name is taken until a deployment removes it, so another one stands in.
        request, is_new = replace(request, stack=f"{request.stack}-plan", creates=True), True
    with offered_change_set(stacks, request, sleep, new_stack=is_new) as change_set:
        return make_plan(
            change.request.stack, change.region, change_set.changes, creates=request.creates
        )


def change_stack(
    stacks: StackChanger,
    change: StackChange,
    watcher: Watcher,
    *,
    decide: Callable[[StackPlan], None],
) -> tuple[Stack, StackPlan]:
    """Make a stack what it shall become; that it is so already is a success.

    Args:
        stacks: CloudFormation.
        change: what the stack shall become.
        watcher: who hears of what happens, and how time passes.
        decide: is shown the plan, and raises where it shall not be.

    Returns:
        The stack as it is then, and what was changed.

    Raises:
        StackBusy: somebody else is changing the stack, or came first.
        DeploymentFailed: CloudFormation does not accept the template, or a resource did not become what it should.
    """
    request, is_new = change.request, change.stack is None
    with offered_change_set(stacks, request, watcher.sleep, new_stack=is_new) as change_set:
        plan = make_plan(request.stack, change.region, change_set.changes, creates=request.creates)
        if changes_nothing(change_set) and change.stack:
            return change.stack, plan
        decide(plan)
        watcher.reporter.step(
            f"{'Create' if request.creates else 'Change'} the stack {request.stack}"
        )
        return execute(stacks, change_set, watcher), plan


def _secret(environ: Mapping[str, str], variable: str, *, is_kept: bool) -> str | None:
    """Take a secret from the environment; None keeps the one that the stack has."""
    value = environ.get(variable)
    if value is None and not is_kept:
        raise InvalidApiKey(
            f"the environment variable {variable}, which holds an API key, is not set",
            hint=f"set it for the first deployment: export {variable}=…; the stack keeps it from then on",
        )
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-setup-api-keys.html
    if value is not None and not 20 <= len(value) <= 128:
        raise InvalidApiKey(
            f"the API key in {variable} has {len(value)} characters",
            hint="API Gateway takes 20 to 128",
        )
    return value
