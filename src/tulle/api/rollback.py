"""Owns `rollback`: a deployment's callers reach an earlier version again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.api.deployed import DeployedRequest, open_deployed
from tulle.aws.ecr import Repositories
from tulle.aws.functions import Functions
from tulle.deploy.deployment import find_deployment
from tulle.deploy.live.rollback import RollbackPlan, move_back, plan_rollback, show_rollback
from tulle.deploy.release import read_version_note

if TYPE_CHECKING:
    from tulle.aws.session import AwsSession
    from tulle.deploy.names import Names

__all__ = [
    "DeployedRequest",
    "PlannedRollback",
    "RollbackPlan",
    "find_rollback",
    "rollback",
    "show_rollback",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRollback:
    """What changes, and what carries it out.

    Attributes:
        warning: what the user should know of the version; None where there is nothing.
    """

    plan: RollbackPlan
    functions: Functions
    stage: str
    warning: str | None = None


def find_rollback(request: DeployedRequest, *, to: str | None = None) -> PlannedRollback:
    """Find out what a rollback would change; nothing is changed.

    Args:
        request: which deployment.
        to: a version's number; None takes the last one that was deployed before the live one.

    Raises:
        DeploymentNotFound: the stage is not deployed, or has no such version.
        FunctionUnready: the version cannot run any more.
        AwsError: AWS cannot be asked.
    """
    meant = open_deployed(request)
    functions = Functions(meant.session)
    find_deployment(meant.session, meant.names)
    plan = plan_rollback(functions, meant.names.function, to=to)
    return PlannedRollback(
        plan=plan,
        functions=functions,
        stage=meant.names.stage,
        warning=_missing_image(plan, meant.session, meant.names),
    )


def rollback(planned: PlannedRollback) -> None:
    """Carry it out.

    Raises:
        AwsRefused: somebody else has moved the alias since.
    """
    move_back(planned.functions, planned.plan)


def _missing_image(plan: RollbackPlan, session: AwsSession, names: Names) -> str | None:
    """Say that a version's image is gone: Lambda keeps a copy, and may want to fetch it again any time."""
    digest = read_version_note(plan.target.description).digest
    if not plan.target.is_image or digest is None:
        return None
    repositories = Repositories(session)
    found = repositories.find(names.repository)
    images = repositories.images(found.name) if found else ()
    if any(image.digest == digest for image in images):
        return None
    return (
        f"the image of version {plan.target.version} is not in the repository any more: it runs until Lambda "
        "fetches it anew, so deploy that revision again soon"
    )
