"""Owns deployments as tests make them: real stacks of the project's own template, with any code in them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from tulle.aws.cloudformation import Stacks
from tulle.aws.stack import ChangeSetRequest
from tulle.deploy.apply import Watcher, execute
from tulle.deploy.change_set import offered_change_set
from tulle.deploy.deployment import Deployment, find_deployment
from tulle.deploy.names import name_deployment
from tulle.deploy.release import Release, ZipCode
from tulle.deploy.template.template import make_template
from tulle.progress import SilentReporter
from tulle.project.file import read_project
from tulle.target import find_target

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.aws.session import AwsSession
    from tulle.project.project import Project

__all__ = ["deploy_made", "made_project", "release_of", "take_zip"]

BUCKET = "tulle-made"
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


def release_of(number: int) -> Release:
    """Give one of several releases: each of another commit, with another model."""
    return Release(
        code=ZipCode(bucket=BUCKET, key=f"{number}.zip"),
        target=find_target("python3.13", "x86_64"),
        handler="tulle_runtime.handler.lambda_handler",
        digest=f"sha256:{number:064x}",
        model_sha256=f"{number + 0xA0:064x}",
        revision=f"{number + 0xC0:040x}",
    )


def take_zip(session: AwsSession, key: str) -> None:
    """Put a zip where releases are looked for."""
    s3 = session.s3()
    if BUCKET not in [each.get("Name") for each in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("handler.py", f"# {key}\n")
    s3.put_object(Bucket=BUCKET, Key=key, Body=content.getvalue())


def deploy_made(
    session: AwsSession, project: Project, *, stage: str = "dev", release: int = 1
) -> Deployment:
    """Deploy a release, as `tulle deploy` does once the code is published."""
    take_zip(session, f"{release}.zip")
    names = name_deployment(project.name, stage)
    template = make_template(project, stage, release_of(release))
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
