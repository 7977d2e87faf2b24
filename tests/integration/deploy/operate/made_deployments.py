"""Owns deployments as tests make them: real stacks of the project's own template, with any code in them."""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING

from fakes.aws import ACCOUNT
from tulle.aws.cloudformation import Stacks
from tulle.aws.s3 import Artifacts
from tulle.aws.stack import ChangeSetRequest
from tulle.deploy.code.publish import publish_zip
from tulle.deploy.deployment import Deployment, find_deployment
from tulle.deploy.names import bucket_name, name_deployment
from tulle.deploy.release import Release
from tulle.deploy.stack.apply import Watcher, execute
from tulle.deploy.stack.change_set import offered_change_set
from tulle.deploy.template.template import make_template
from tulle.progress import SilentReporter
from tulle.project.file import read_project
from tulle.target import find_target

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.aws.session import AwsSession
    from tulle.deploy.names import Names
    from tulle.project.project import Project

__all__ = ["deploy_made", "made_project", "model_of", "publish_made", "revision_of"]

# Without alarms, of which moto's stacks know nothing.
_PROJECT = """
name = "{name}"
[model]
path = "clothing"
[package]
type = "zip"
[api]
type = "{api}"
[deploy.alarms]
errors = false
throttles = false
p95_ms = false
"""


def made_project(folder: Path, *, name: str = "shop", api: str = "http") -> Project:
    """Write a project's file, and read it."""
    (folder / "tulle.toml").write_text(_PROJECT.format(name=name, api=api))
    return read_project(folder)


def release_of(session: AwsSession, names: Names, number: int, folder: Path) -> Release:
    """Publish one of several releases: each of other bytes, of another commit, with another model."""
    path = folder / f"{number}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("handler.py", f"# {number}\n")
    digest = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    bucket = bucket_name(ACCOUNT, session.region)
    artifacts = Artifacts(session, bucket=bucket, account=ACCOUNT)
    return Release(
        code=publish_zip(path, digest, names, artifacts=artifacts, reporter=SilentReporter()).code,
        target=find_target("python3.13", "x86_64"),
        handler="tulle_runtime.handler.lambda_handler",
        digest=digest,
        model_sha256=model_of(number),
        revision=revision_of(number),
    )


def model_of(number: int) -> str:
    """Give the sha256 of a release's model."""
    return f"{number:x}" * 64


def revision_of(number: int) -> str:
    """Give the commit that a release was built from."""
    return f"{number + 8:x}" * 40


def deploy_made(
    session: AwsSession, project: Project, *, stage: str = "dev", release: int = 1
) -> Deployment:
    """Deploy a release, as `tulle deploy` does once the code is published."""
    names = name_deployment(project.name, stage)
    code = release_of(session, names, release, project.folder)
    template = make_template(project, stage, code)
    stacks = Stacks(session)
    is_new = stacks.describe(names.stack) is None
    request = ChangeSetRequest(
        stack=names.stack,
        name=f"release-{release}",
        creates=is_new,
        template=template.text,
        capabilities=template.capabilities,
        tags=template.tags,
    )
    watcher = Watcher(reporter=SilentReporter(), sleep=lambda _: None)
    with offered_change_set(stacks, request, lambda _: None, new_stack=is_new) as change_set:
        execute(stacks, change_set, watcher)
    return find_deployment(session, names)


def publish_made(session: AwsSession, function: str, release: int) -> str:
    """Make another release live without CloudFormation, which takes its time; give the version's number."""
    functions = session.function_settings()
    functions.update_function_configuration(FunctionName=function, MemorySize=1024 + release)
    note = f"digest=sha256:{release:064x} model={model_of(release)} revision={revision_of(release)}"
    version = functions.publish_version(FunctionName=function, Description=note)["Version"]
    functions.update_alias(FunctionName=function, Name="live", FunctionVersion=version)
    return version
