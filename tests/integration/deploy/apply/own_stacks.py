"""Owns small stacks, a log group and a role, that are deployed as functions are, and put into any state."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from moto.cloudformation.models import cloudformation_backends

from tulle.aws.cloudformation import Stacks
from tulle.deploy.names import Names
from tulle.deploy.stack.apply import Watcher
from tulle.deploy.stack.change import StackChange, change_stack, plan_stack, request_change
from tulle.deploy.stack.readiness import make_ready
from tulle.deploy.template.template import Template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tulle.aws.session import AwsSession
    from tulle.aws.stack import Stack
    from tulle.deploy.stack.plan import StackPlan

__all__ = ["OwnStacks", "own_template"]

_LOGS: dict[str, object] = {
    "Type": "AWS::Logs::LogGroup",
    "Properties": {"LogGroupName": {"Fn::Sub": "/aws/lambda/${AWS::StackName}"}},
}
_ROLE: dict[str, object] = {
    "Type": "AWS::IAM::Role",
    "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
}
_BROKEN: dict[str, object] = {
    "Type": "AWS::Lambda::Version",
    "Properties": {"FunctionName": "nobody"},
}
"""A resource that cannot be made."""
_numbers = count()


def own_template(
    *names: str, stage: str = "dev", secrets: tuple[tuple[str, str], ...] = ()
) -> Template:
    """Write a template of the project `shop`: `Logs` is a log group, `Broken` cannot be made, others are roles."""
    known = {"Logs": _LOGS, "Broken": _BROKEN}
    body: dict[str, object] = {"Resources": {name: known.get(name, _ROLE) for name in names}}
    if secrets:
        body["Parameters"] = {name: {"Type": "String", "NoEcho": True} for name, _ in secrets}
    body["Outputs"] = {"Logs": {"Value": {"Ref": "Logs"}}}
    return Template(
        body=body, secrets=secrets, tags=(("tulle:project", "shop"), ("tulle:stage", stage))
    )


@dataclass
class OwnStacks:
    """Deploys stacks of the project `shop` without a function in them."""

    session: AwsSession
    told: list[str] = field(default_factory=list)
    """What the reporter heard."""
    shown: list[StackPlan] = field(default_factory=list)
    """The plans that somebody had to decide on."""
    meanwhile: Callable[[], object] | None = None
    """What happens while somebody decides."""
    stacks: Stacks = field(init=False)

    def __post_init__(self) -> None:
        self.stacks = Stacks(self.session)

    @property
    def watcher(self) -> Watcher:
        return Watcher(reporter=self, sleep=lambda seconds: time.sleep(min(seconds, 0.02)))

    def deploy(
        self,
        template: Template,
        *,
        stage: str = "dev",
        wait: bool = False,
        environ: Mapping[str, str] | None = None,
    ) -> tuple[Stack, StackPlan]:
        """Do what `tulle deploy` does with a stack."""
        stack = make_ready(self.stacks, _names(stage), self.watcher, wait=wait)
        return self.change(template, stack, stage=stage, environ=environ)

    def change(
        self,
        template: Template,
        stack: Stack | None,
        *,
        stage: str = "dev",
        environ: Mapping[str, str] | None = None,
    ) -> tuple[Stack, StackPlan]:
        """Change a stack that was found to be ready."""
        change = self._change(template, stack, stage, environ or {})
        return change_stack(self.stacks, change, self.watcher, decide=self._decide)

    def plan(self, template: Template) -> StackPlan:
        """Do what `tulle deploy --plan` does with a stack."""
        stack = self.stacks.describe("shop-dev")
        change = self._change(template, stack, "dev", {})
        return plan_stack(self.stacks, change, self.watcher.sleep)

    def put_into(self, status: str, stack: str = "shop-dev") -> None:
        """Let a stack be in a state that moto does not come to by itself."""
        there = self.made(stack)
        there.status = status
        there._add_stack_event(status)

    def made(self, stack: str = "shop-dev") -> Any:
        """Give moto's own view of a stack."""
        return next(each for each in self._backend.stacks.values() if each.name == stack)

    @property
    def left(self) -> tuple[list[str], list[str]]:
        """List the stacks and the change sets that are there."""
        stacks = [f"{each.name} {each.status}" for each in self._backend.stacks.values()]
        open_sets = [
            each
            for each in self._backend.change_sets.values()
            if each.execution_status != "EXECUTE_COMPLETE"
            and each.stack_id in self._backend.stacks  # on AWS they go with their stack
        ]
        return stacks, [each.change_set_name for each in open_sets]

    @property
    def _backend(self) -> Any:
        return cloudformation_backends["123456789012"]["eu-west-1"]

    def _decide(self, plan: StackPlan) -> None:
        self.shown.append(plan)
        if self.meanwhile:
            self.meanwhile()

    def _change(
        self, template: Template, stack: Stack | None, stage: str, environ: Mapping[str, str]
    ) -> StackChange:
        request = request_change(
            _names(stage), template, stack, environ, change_set=f"test-{next(_numbers)}"
        )
        return StackChange(request=request, stack=stack, region="eu-west-1")

    def step(self, text: str) -> None:
        self.told.append(f"→ {text}")

    def note(self, text: str) -> None:
        self.told.append(text)

    def progress(self, done_bytes: int, total_bytes: int) -> None:  # noqa: ARG002
        raise AssertionError("nothing is sent")

    def warn(self, text: str) -> None:
        self.told.append(f"! {text}")

    def done(self, text: str) -> None:
        self.told.append(f"✓ {text}")


def _names(stage: str) -> Names:
    return Names(project="shop", stage=stage)
