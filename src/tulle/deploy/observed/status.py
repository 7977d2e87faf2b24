"""Owns `DeploymentStatus`: how a deployment is, and how it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.aws.functions import Functions
from tulle.aws.stack_survey import DriftedResource, StackSurvey
from tulle.deploy.names import LIVE
from tulle.deploy.observed.measured import Measured, measure
from tulle.deploy.release import VersionNote, read_version_note
from tulle.deploy.stack.state import Situation, find_situation
from tulle.errors import ActionDenied, DeploymentNotFound

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tulle.aws.functions import FunctionVersion
    from tulle.aws.session import AwsSession
    from tulle.aws.stack import Drift
    from tulle.deploy.deployment import Deployment
    from tulle.project.api import ApiSection

__all__ = ["DeploymentStatus", "LookRequest", "Release", "look_at"]

_TROUBLE = {
    Situation.BUSY: "it is being changed",
    Situation.STILLBORN: "its first deployment failed: `tulle deploy` deploys it anew",
    Situation.STUCK: "an update failed, and so did the way back: `tulle deploy --continue-rollback`",
    Situation.UNDELETED: "its removal is not through: `tulle destroy` goes on with it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRequest:
    """What is looked for beside the plain facts.

    Args:
        since, until: the time that figures are of.
        drift: whether CloudFormation shall compare the stack with what is there, which takes a while.
    """

    since: datetime
    until: datetime
    drift: bool
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A published version, and where it comes from."""

    settings: FunctionVersion
    note: VersionNote


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentStatus:
    """How a deployment is.

    Args:
        endpoint: the URL to which pictures go; its root where the project's routes are not known.
        live: what callers reach; None where nothing is.
        deployed: the version that was deployed last; another one than the live one after a rollback.
        versions: all that are published, the oldest first.
        measured: what the function did; None where that cannot be known.
        unmeasured: why.
        drifted: what is not as the stack says; None where that was not looked for.
        trouble: what keeps the deployment from being well; None where nothing does.
    """

    deployment: Deployment
    endpoint: str | None
    live: Release | None
    deployed: str | None
    versions: tuple[str, ...]
    measured: Measured | None
    unmeasured: str | None
    drift: Drift
    drifted: tuple[DriftedResource, ...] | None
    trouble: str | None

    @property
    def rolled_back_from(self) -> str | None:
        """The version that was deployed and is not live any more; None where the last one is live."""
        if self.live is None or self.deployed in {None, self.live.settings.version}:
            return None
        return self.deployed

    @property
    def is_only_rolled_back(self) -> bool:
        """Tell whether nothing differs from the stack but the alias that a rollback moved."""
        differing = {each.type for each in self.drifted or ()}
        return self.rolled_back_from is not None and differing == {"AWS::Lambda::Alias"}


def look_at(
    session: AwsSession, deployment: Deployment, api: ApiSection | None, request: LookRequest
) -> DeploymentStatus:
    """Ask AWS how a deployment is.

    Args:
        session: whom to ask as.
        deployment: which one.
        api: what the project says of its endpoint, where that is known.
        request: what is looked for.

    Raises:
        AwsError: AWS cannot be asked. Where only the figures are denied, the rest is told without them.
    """
    stack = deployment.stack
    trouble = _TROUBLE.get(find_situation(stack))
    functions = Functions(session)
    live: Release | None = None
    versions: tuple[str, ...] = ()
    try:
        alias = functions.alias(deployment.function, LIVE)
        settings = functions.version(deployment.function, alias.version)
        live = Release(settings=settings, note=read_version_note(settings.description))
        versions = tuple(each.version for each in functions.versions(deployment.function))
    except DeploymentNotFound as exc:
        trouble = trouble or f"its function is not there: {exc.message}"
    if live is not None and live.settings.state == "Failed":
        trouble = trouble or f"the function cannot run: {live.settings.state_reason}"
    measured, unmeasured = _measure(session, deployment, live, request)
    drift, drifted = stack.drift, None
    if request.drift:
        drift, drifted = StackSurvey(session).find_drift(stack.name, sleep=request.sleep)
    return DeploymentStatus(
        deployment=deployment,
        endpoint=deployment.live(api).address if api is not None else deployment.url,
        live=live,
        deployed=stack.outputs.get("Version"),
        versions=versions,
        measured=measured,
        unmeasured=unmeasured,
        drift=drift,
        drifted=drifted,
        trouble=trouble,
    )


def _measure(
    session: AwsSession, deployment: Deployment, live: Release | None, request: LookRequest
) -> tuple[Measured | None, str | None]:
    if live is None:
        return None, "there is no function"
    try:
        measured = measure(
            session,
            deployment.function,
            live.settings.log_group,
            since=request.since,
            until=request.until,
        )
    except ActionDenied as exc:
        return None, exc.message
    return measured, None
