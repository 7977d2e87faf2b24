"""Owns `doctor`: all that a deployment will need, looked at before it is needed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tulle.aws.account import Permissions, find_limits
from tulle.aws.identity import Identity, find_identity
from tulle.aws.session import open_session
from tulle.bundle.cache import find_cache, find_home
from tulle.bundle.image.base import base_reference, load_base
from tulle.bundle.served_model import model_source
from tulle.bundle.wheels.choosing import look_up
from tulle.bundle.wheels.pip_settings import with_pip_settings
from tulle.bundle.wheels.request import read_request
from tulle.bundle.wheels.uv import Uv
from tulle.deploy.check import Check, Outcome, check_gateway, check_limits
from tulle.deploy.names import DEFAULT_STAGE, name_deployment
from tulle.deploy.permissions import Place, needed_statements, policy_document
from tulle.errors import ActionDenied, ModelNotFound, TulleError
from tulle.model.file import load_model
from tulle.progress import SilentReporter
from tulle.project.file import read_project
from tulle.project.project import PackageType
from tulle.registry.access import Access
from tulle.registry.places import open_source
from tulle.target import find_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tulle.aws.session import AwsSession
    from tulle.deploy.permissions import Statement
    from tulle.project.project import Project

__all__ = ["Check", "DoctorRequest", "Outcome", "deploy_policy", "examine"]

_REGIONS = "https://docs.aws.amazon.com/general/latest/gr/lambda-service.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorRequest:
    """What is to be looked at.

    Attributes:
        folder: the project's; it need not hold one yet.
        stage: the deployment that is meant.
        profile, region: as for the AWS CLI.
    """

    folder: Path
    stage: str = DEFAULT_STAGE
    profile: str | None = None
    region: str | None = None


def examine(request: DoctorRequest, *, environ: Mapping[str, str]) -> Iterator[Check]:
    """Look at the project, at what its build fetches, and at AWS; give each check as soon as it is done.

    Nothing is changed, and nothing is downloaded but an image's manifest. What needs something that failed is left out.
    """
    project = None
    try:
        project = read_project(request.folder, stage=request.stage)
        name_deployment(project.name, request.stage)
    except TulleError as exc:
        yield _failed("project", exc)
    if project is not None:
        yield Check(
            name="project", outcome=Outcome.OK, message=f"{project.name}, stage {request.stage}"
        )
        yield from _examine_build(project, environ)
    yield from _examine_aws(request, project)


def deploy_policy(request: DoctorRequest) -> dict[str, object]:
    """Write the policy that whoever deploys a project needs, for all of its stages.

    Where AWS does not say which account this is, the policy holds for any.
    """
    place = Place(partition="aws", region=request.region or "*", account="*")
    try:
        session = open_session(profile=request.profile, region=request.region)
        place = _place(find_identity(session), session.region)
    except TulleError:
        pass  # a policy is wanted most by those who may do nothing yet
    return policy_document(needed_statements(read_project(request.folder).name, place))


def _examine_build(project: Project, environ: Mapping[str, str]) -> Iterator[Check]:
    yield _guarded("model", lambda: _model(project))
    yield _guarded("packages", lambda: _packages(project, environ))
    if project.package.type is not PackageType.ZIP:
        yield _guarded("base image", lambda: _base(project, environ))
    yield check_gateway(project)


def _examine_aws(request: DoctorRequest, project: Project | None) -> Iterator[Check]:
    try:
        session = open_session(profile=request.profile, region=request.region)
        identity = find_identity(session)
    except TulleError as exc:
        yield _failed("credentials", exc)
        return
    said = f"{identity.arn} in account {identity.account}"
    yield Check(name="credentials", outcome=Outcome.OK, message=said)
    try:
        limits = find_limits(session)
    except ActionDenied as exc:
        yield replace(_failed("limits", exc), outcome=Outcome.WARNING)
    except TulleError as exc:
        yield _region_failed(session.region, exc)
    else:
        yield Check(name="region", outcome=Outcome.OK, message=f"{session.region}, Lambda answers")
        yield from check_limits(project, limits) if project else ()
    if project is not None:
        yield _guarded("permissions", lambda: _permissions(project, request, session, identity))


def _guarded(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except TulleError as exc:
        return _failed(name, exc)


def _failed(name: str, error: TulleError) -> Check:
    return Check(
        name=name,
        outcome=Outcome.PROBLEM,
        message=error.message,
        hint=error.hint,
        detail=error.detail,
    )


def _region_failed(region: str, error: TulleError) -> Check:
    hint = f"{error.hint}; regions with Lambda: {_REGIONS}"
    return replace(_failed("region", error), message=f"{region}: {error.message}", hint=hint)


def _model(project: Project) -> Check:
    path = model_source(project)
    if path is None:
        handler = f"none; {project.function.handler} is called"
        return Check(name="model", outcome=Outcome.OK, message=handler)
    if not path.exists():
        raise ModelNotFound(f"there is no model at {path}", hint="check `path` under [model]")
    if path.suffix == ".tflite":
        if project.model and project.model.labels is None and project.model.preprocessing is None:
            load_model(path)
        return Check(name="model", outcome=Outcome.OK, message=f"{path.name} can be read")
    if find_spec("tensorflow") is None:
        return Check(
            name="model",
            outcome=Outcome.PROBLEM,
            message=f"{path.name} is converted first, and that needs TensorFlow, which is not installed",
            hint="pip install 'tulle[keras]', on Python 3.11 to 3.13",
        )
    message = f"{path.name} is there, and TensorFlow to convert it"
    return Check(name="model", outcome=Outcome.OK, message=message)


def _packages(project: Project, environ: Mapping[str, str]) -> Check:
    """Ask the index for wheels that load on the target."""
    target = find_target(project.function.runtime, project.function.architecture)
    request = read_request(project.function.requirements, with_runtime=project.model is not None)
    wheels = look_up(request, target, Uv(environ=with_pip_settings(environ), folder=project.folder))
    found = ", ".join(f"{wheel.name} {wheel.version}" for wheel in wheels) or "none are needed"
    where = f"{target.runtime} on {target.architecture}"
    return Check(name="packages", outcome=Outcome.OK, message=f"for {where}: {found}")


def _base(project: Project, environ: Mapping[str, str]) -> Check:
    """Fetch the base's manifest; a registry that fails is asked again at once, and not for long."""
    target = find_target(project.function.runtime, project.function.architecture)
    reference = base_reference(project, target)
    access = Access(
        environ=environ,
        home=find_home(environ),
        reporter=SilentReporter(),
        sleep=lambda _: None,
    )
    source = open_source(reference, access, kept=find_cache(environ) / "blobs")
    base = load_base(source, target)
    message = f"{reference}, {base.digest[:19]}…"
    return Check(name="base image", outcome=Outcome.OK, message=message)


def _permissions(
    project: Project, request: DoctorRequest, session: AwsSession, identity: Identity
) -> Check:
    """Have IAM judge each action that a deployment takes."""
    iam = Permissions(session)
    principal = _principal(identity, iam)
    if principal is None:
        return Check(
            name="permissions",
            outcome=Outcome.WARNING,
            message="IAM does not judge a root user or a federated one beforehand",
            hint="deploy with a user or a role that may do this alone: `tulle doctor --policy` prints its policy",
        )
    statements = needed_statements(project.name, _place(identity, session.region))
    try:
        denied = tuple(_denied(statements, principal, request.stage, iam))
    except ActionDenied as exc:
        return replace(_failed("permissions", exc), outcome=Outcome.WARNING)
    if not denied:
        count = sum(len(statement.actions) for statement in statements)
        message = f"all {count} actions that deploying takes are allowed"
        return Check(name="permissions", outcome=Outcome.OK, message=message)
    purposes = ", ".join(statement.purpose for statement in denied)
    return Check(
        name="permissions",
        outcome=Outcome.PROBLEM,
        message=f"you may not do all that deploying takes, for {purposes}",
        hint="have this policy added to yours",
        detail=json.dumps(policy_document(denied), indent=2),
    )


def _denied(
    statements: tuple[Statement, ...], principal: str, stage: str, iam: Permissions
) -> Iterator[Statement]:
    """Keep of each statement what is refused on a thing of the stage's name."""
    for statement in statements:
        context = {key: value for one in statement.condition.values() for key, value in one.items()}
        things = [arn if arn == "*" else arn.replace("*", stage) for arn in statement.resources]
        if refused := iam.denied(principal, statement.actions, things, context):
            yield replace(statement, actions=refused)


def _principal(identity: Identity, iam: Permissions) -> str | None:
    """Name whom IAM can judge: a user, or the role behind a session."""
    kind, _, name = identity.arn.rpartition(":")[2].partition("/")
    if kind == "user":
        return identity.arn
    return iam.role_arn(name.partition("/")[0]) if kind == "assumed-role" else None


def _place(identity: Identity, region: str) -> Place:
    return Place(partition=identity.partition, region=region, account=identity.account)
