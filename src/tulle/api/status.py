"""Owns `status`: how a project's deployments are."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.api.deployed import DeployedRequest, open_deployed
from tulle.aws.stack import Drift
from tulle.deploy.deployment import deployments_of, find_any
from tulle.deploy.observed.status import DeploymentStatus, LookRequest, look_at
from tulle.errors import DeploymentNotFound
from tulle.project.file import read_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime, timedelta

__all__ = ["DeployedRequest", "DeploymentStatus", "Drift", "StatusRequest", "status"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRequest:
    """What is to be told.

    Attributes:
        deployed: which project, and which stage.
        all_stages: whether all stages are meant, and the one that is named is not.
        span: how far back the figures go.
        drift: whether to look for what was changed by hand, which takes a while.
    """

    deployed: DeployedRequest
    all_stages: bool
    span: timedelta
    drift: bool = False


def status(
    request: StatusRequest, *, now: datetime, sleep: Callable[[float], None] = time.sleep
) -> Iterator[DeploymentStatus]:
    """Tell how a project's deployments are, one after the other.

    Raises:
        DeploymentNotFound: none is there.
        ForeignResource: the stack of the stage's name is another's.
        AwsError: AWS cannot be asked.
    """
    meant = open_deployed(request.deployed)
    session, names = meant.session, meant.names
    if request.all_stages:
        found = deployments_of(session, names.project)
        if not found:
            raise DeploymentNotFound(
                f"{names.project} is not deployed in {session.region}",
                hint="deploy it: `tulle deploy`; is it the right --profile and --region?",
            )
    else:
        found = (find_any(session, names),)
    look = LookRequest(since=now - request.span, until=now, drift=request.drift, sleep=sleep)
    for deployment in found:
        api = None
        if request.deployed.name is None:
            api = read_project(request.deployed.folder, stage=deployment.names.stage).api
        yield look_at(session, deployment, api, look)
