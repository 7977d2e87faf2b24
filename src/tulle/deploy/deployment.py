"""Owns `Deployment`: a project's stage as it is on AWS, and finding it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.aws.cloudformation import Stacks
from tulle.aws.stack_survey import StackSurvey
from tulle.deploy.live.function import LiveFunction
from tulle.deploy.names import name_deployment
from tulle.deploy.stack.state import Situation, check_ownership, find_situation
from tulle.errors import ActionDenied, DeploymentNotFound

if TYPE_CHECKING:
    from tulle.aws.session import AwsSession
    from tulle.aws.stack import Stack
    from tulle.deploy.names import Names
    from tulle.project.api import ApiSection

__all__ = ["Deployment", "deployments_of", "find_any", "find_deployment", "not_deployed"]

_PROJECT, _STAGE = "tulle:project", "tulle:stage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One stage of a project that is deployed."""

    names: Names
    stack: Stack

    @property
    def function(self) -> str:
        """The function's name."""
        return self.stack.outputs.get("FunctionName", self.names.function)

    @property
    def url(self) -> str | None:
        """The root of its endpoint; None where it has none."""
        return self.stack.outputs.get("Url")

    def live(self, api: ApiSection) -> LiveFunction:
        """Say how it is asked, with what the project says of its endpoint."""
        return LiveFunction.of_outputs(self.names, api, self.stack.outputs)


def find_any(session: AwsSession, names: Names) -> Deployment:
    """Find a stage's stack, in whatever state it is.

    Raises:
        DeploymentNotFound: there is none; it names the stages that are deployed.
        ForeignResource: a stack of that name is not this deployment's.
    """
    stack = Stacks(session).describe(names.stack)
    if stack is None or find_situation(stack) is Situation.ABSENT:
        raise not_deployed(session, names)
    check_ownership(stack, names)
    return Deployment(names=names, stack=stack)


def find_deployment(session: AwsSession, names: Names) -> Deployment:
    """Find a stage's stack, and see that a function lives in it.

    Raises:
        DeploymentNotFound, ForeignResource: as for `find_any`; also where the stage's first deployment failed.
    """
    found = find_any(session, names)
    if find_situation(found.stack) is Situation.STILLBORN:
        raise DeploymentNotFound(
            f"the first deployment of {names.project}, stage {names.stage}, failed, and nothing lives there",
            hint="`tulle deploy` removes what is left and deploys it anew",
            detail=f"the stack {found.stack.name} is {found.stack.status}: {found.stack.reason}".rstrip(
                ": "
            ),
        )
    return found


def not_deployed(session: AwsSession, names: Names) -> DeploymentNotFound:
    """Word that a stage is not there, and name those of the project that are."""
    try:
        others = [each.names.stage for each in deployments_of(session, names.project)]
    except ActionDenied:  # who may not list stacks is told without it
        others = []
    hint = "deploy it: `tulle deploy`"
    if others:
        hint = f"deployed are: {', '.join(others)}; name one by --stage, or deploy this one"
    return DeploymentNotFound(
        f"{names.project}, stage {names.stage}, is not deployed in {session.region}",
        hint=f"{hint}; is it the right --profile and --region?",
    )


def deployments_of(session: AwsSession, project: str) -> tuple[Deployment, ...]:
    """List a project's stages that are deployed in the session's region, by name."""
    found = [
        Deployment(names=name_deployment(project, stack.tags[_STAGE]), stack=stack)
        for stack in StackSurvey(session).stacks()
        if stack.tags.get(_PROJECT) == project and _STAGE in stack.tags
    ]
    there = (each for each in found if find_situation(each.stack) is not Situation.ABSENT)
    return tuple(sorted(there, key=lambda each: each.names.stage))
