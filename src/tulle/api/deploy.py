"""Owns the way from a project to a live endpoint: built, published, its stack brought up, tested with a picture."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tulle.api.build import BuildRequest, build
from tulle.api.deploy_steps import Consent, DeploySteps
from tulle.api.publication import Publisher, plan_release
from tulle.api.smoke_test import SmokeRequest, prepare_smoke_test
from tulle.aws.cloudformation import Stacks
from tulle.aws.functions import Functions
from tulle.aws.identity import find_identity
from tulle.aws.session import open_session
from tulle.deploy.live.function import LiveFunction
from tulle.deploy.live.go_live import find_live, make_live
from tulle.deploy.live.smoke_test import SmokeTest
from tulle.deploy.names import DEFAULT_STAGE, name_deployment
from tulle.deploy.permissions import Place
from tulle.deploy.stack.apply import Watcher
from tulle.deploy.stack.change import plan_stack
from tulle.deploy.stack.plan import StackPlan, show
from tulle.deploy.stack.readiness import continue_rollback, find_stack, make_ready
from tulle.errors import UsageError
from tulle.project.project import PackageType, Project

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tulle.progress import Reporter

__all__ = [
    "DeployRequest",
    "Deployed",
    "SmokeRequest",
    "SmokeTest",
    "StackPlan",
    "deploy",
    "plan_deployment",
    "show",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployRequest:
    """What is to be deployed, and how.

    Attributes:
        project: as `read_project` read it for the stage.
        stage: which of the project's deployments.
        profile, region: as for the AWS CLI.
        smoke_test: what the live function is asked; None leaves the test out.
        allow_replacement: whether what callers or records depend on may go without anybody being asked.
        wait: whether to wait for what others do to the stack.
        continue_rollback: whether to go on with a rollback that failed before.
        skip: resources that such a rollback leaves as they are.
    """

    project: Project
    stage: str = DEFAULT_STAGE
    profile: str | None = None
    region: str | None = None
    smoke_test: SmokeRequest | None = field(default_factory=SmokeRequest)
    allow_replacement: bool = False
    wait: bool = False
    continue_rollback: bool = False
    skip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What a deployment came to.

    Attributes:
        url: the endpoint's root, with the stage; None where it has none.
        endpoint: the URL of a route that takes pictures; None where there is none.
        version: the function's version that is live.
        digest: `sha256:` and that of the image's manifest, or of the zip.
        revision: the commit that it was built from; None where that is not known.
        changes: what was changed in the stack; none where it was as it should be.
        moved: whether `live` meant another version, though the stack was as it should be.
        sent_bytes: what was uploaded.
        test: how the live function answered; None where it was not asked.
    """

    account: str
    region: str
    stage: str
    stack: str
    function: str
    alias_arn: str
    url: str | None
    endpoint: str | None
    version: str
    digest: str
    model_sha256: str | None
    revision: str | None
    changes: StackPlan
    moved: bool
    sent_bytes: int
    test: SmokeTest | None
    seconds: float


def plan_deployment(
    request: DeployRequest, *, environ: Mapping[str, str], reporter: Reporter
) -> StackPlan:
    """Work out what a deployment would change; nothing is published, and nothing stays on AWS.

    Args:
        request: what would be deployed.
        environ: as for `build`, and the values of secrets.
        reporter: hears how it goes.

    Raises:
        TulleError: it could not be deployed as things are.
    """
    work = _begin(request, environ, reporter)
    stack = find_stack(work.stacks, work.names)
    work.check_function(stack)
    artifact = build(BuildRequest(project=request.project), environ=environ, reporter=reporter)
    release = plan_release(artifact, request.project, work.names, work.place)
    reporter.step(f"Work out what would change in the stack {work.names.stack}")
    with work.changing(stack, release) as change:
        return plan_stack(work.stacks, change, work.watcher.sleep)


def deploy(
    request: DeployRequest,
    *,
    environ: Mapping[str, str],
    reporter: Reporter,
    agree: Callable[[StackPlan], bool] | None = None,
) -> Deployed:
    """Deploy a project; running it again changes nothing, and goes on where an earlier run was interrupted.

    Args:
        request: what, and how.
        environ: as for `build`, and the values of secrets.
        reporter: hears how it goes, and what happens to the stack.
        agree: is asked before callers or records lose something; None refuses.

    Raises:
        StackBusy: somebody else is changing the stack.
        ReplacementNotAllowed: nobody agreed, or the function would have to turn from an image into a zip, or back.
        DeploymentFailed: the stack did not become what it should, and is as it was.
        SmokeTestFailed: the function does not answer as it should; what was live before is live again.
        TulleError: it cannot be built, published or deployed.
    """
    began = time.monotonic()
    work = _begin(request, environ, reporter)
    if request.continue_rollback:
        continue_rollback(work.stacks, work.names, work.watcher, skip=request.skip)
    stack = make_ready(work.stacks, work.names, work.watcher, wait=request.wait)
    work.check_function(stack)
    artifact = build(BuildRequest(project=request.project), environ=environ, reporter=reporter)
    test = prepare_smoke_test(request.smoke_test, request.project, artifact.gathered.model)
    work.request(stack, plan_release(artifact, request.project, work.names, work.place))
    before = find_live(work.functions, work.names.function)
    release, sent_bytes = work.publisher.publish(
        artifact, request.project, in_use=work.digests_in_use(before)
    )
    stack, plan = work.bring_up(stack, release, before, Consent(agree, request.allow_replacement))
    version = stack.outputs["Version"]
    moved = make_live(work.functions, work.names.function, version, reporter)
    live = LiveFunction.of_outputs(work.names, request.project.api, stack.outputs)
    tested = work.try_out(test, live, before) if test else None
    work.forget_old_versions(version)
    return Deployed(
        account=work.place.account,
        region=work.place.region,
        stage=request.stage,
        stack=stack.name,
        function=work.names.function,
        alias_arn=stack.outputs["AliasArn"],
        url=live.url,
        endpoint=live.address,
        version=version,
        digest=release.digest,
        model_sha256=release.model_sha256,
        revision=release.revision,
        changes=plan,
        moved=moved,
        sent_bytes=sent_bytes,
        test=tested,
        seconds=time.monotonic() - began,
    )


def _begin(request: DeployRequest, environ: Mapping[str, str], reporter: Reporter) -> DeploySteps:
    """Find out who deploys and where to; refuse at once what can be seen to fail in the end."""
    kind = request.project.package.type
    if kind is PackageType.DOCKERFILE:
        raise UsageError(
            f"a {kind} cannot be deployed",
            hint="take --type image, for which no Docker is needed, or --type zip",
        )
    names = name_deployment(request.project.name, request.stage)
    session = open_session(profile=request.profile, region=request.region)
    identity = find_identity(session)
    place = Place(partition=identity.partition, region=session.region, account=identity.account)
    reporter.note(f"{names.stack} in {place.region}, account {place.account}")
    return DeploySteps(
        project=request.project,
        stage=request.stage,
        publisher=Publisher(
            session=session, place=place, names=names, environ=environ, reporter=reporter
        ),
        stacks=Stacks(session),
        functions=Functions(session),
        watcher=Watcher(reporter=reporter, sleep=time.sleep),
    )
