"""Owns `destroy`: a deployment taken away, so that nothing is left that costs money."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.api.deployed import DeployedRequest, open_deployed
from tulle.aws.cloudformation import Stacks
from tulle.aws.ecr import Repositories
from tulle.aws.identity import find_identity
from tulle.aws.logs import Logs
from tulle.aws.s3 import Artifacts
from tulle.aws.stack_survey import StackSurvey
from tulle.deploy.deployment import not_deployed
from tulle.deploy.names import bucket_name
from tulle.deploy.removal import Grounds, Removal, plan_removal, remove, show_removal
from tulle.deploy.stack.apply import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.progress import Reporter

__all__ = [
    "DeployedRequest",
    "PlannedRemoval",
    "Removal",
    "destroy",
    "plan_destroy",
    "show_removal",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRemoval:
    """What goes, and where that is."""

    removal: Removal
    grounds: Grounds
    account: str


def plan_destroy(request: DeployedRequest) -> PlannedRemoval:
    """Look up all that a deployment has; nothing is changed.

    Raises:
        DeploymentNotFound: nothing of it is there.
        ForeignResource: the stack of that name is another's.
        StackBusy: it is being changed.
        AwsError: AWS cannot be asked, or denies something.
    """
    meant = open_deployed(request)
    session = meant.session
    account = find_identity(session).account
    bucket = bucket_name(account, session.region)
    grounds = Grounds(
        stacks=Stacks(session),
        survey=StackSurvey(session),
        logs=Logs(session),
        repositories=Repositories(session),
        artifacts=Artifacts(session, bucket=bucket, account=account),
    )
    removal = plan_removal(meant.names, grounds, region=session.region)
    if removal.is_empty:
        raise not_deployed(session, meant.names)
    return PlannedRemoval(removal=removal, grounds=grounds, account=account)


def destroy(
    planned: PlannedRemoval, *, reporter: Reporter, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Take away what was planned; one that was interrupted can be planned and run again.

    Raises:
        StackStuck: something in the stack does not let itself be deleted.
        AwsError: AWS cannot be asked, or denies something.
    """
    remove(planned.removal, planned.grounds, Watcher(reporter=reporter, sleep=sleep))
