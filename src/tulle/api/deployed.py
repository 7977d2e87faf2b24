"""Owns `DeployedRequest`: which deployment somebody means, and what it takes to ask AWS about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.aws.session import open_session
from tulle.deploy.names import DEFAULT_STAGE, name_deployment
from tulle.errors import InvalidProject
from tulle.project.file import read_project

if TYPE_CHECKING:
    from tulle.aws.session import AwsSession
    from tulle.deploy.names import Names

__all__ = ["DeployedRequest", "Meant", "open_deployed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedRequest:
    """Which deployment is meant.

    Attributes:
        folder: the project's.
        stage: which of its deployments.
        name: the project's, where its folder is not at hand; None takes what the folder says.
        profile, region: as for the AWS CLI.
    """

    folder: Path = Path()
    stage: str = DEFAULT_STAGE
    name: str | None = None
    profile: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A deployment by its names, and the session that asks about it."""

    names: Names
    session: AwsSession


def open_deployed(request: DeployedRequest) -> Meant:
    """Find out what is meant; nothing is asked of AWS yet.

    Raises:
        TulleError: the project or the stage cannot be meant, or no region is named.
    """
    project = _name_of(request) if request.name is None else request.name
    return Meant(
        names=name_deployment(project, request.stage),
        session=open_session(profile=request.profile, region=request.region),
    )


def _name_of(request: DeployedRequest) -> str:
    try:
        return read_project(request.folder, stage=request.stage).name
    except InvalidProject as exc:
        raise InvalidProject(
            exc.message,
            hint=f"{exc.hint}; or say which project is meant: --name PROJECT",
            detail=exc.detail,
        ) from exc.__cause__
