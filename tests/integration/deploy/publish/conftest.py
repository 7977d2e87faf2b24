"""A stage that publishes to the AWS on this machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from fakes.aws import ACCOUNT, REGION
from tulle.aws.ecr import Repositories
from tulle.aws.s3 import Artifacts
from tulle.deploy.code.publish import Published, publish_image, publish_zip
from tulle.deploy.code.retention import Retention
from tulle.deploy.code.unpublish import UnpublishPlan, plan_unpublish, unpublish
from tulle.deploy.names import Names, bucket_name
from tulle.deploy.permissions import Place
from tulle.progress import SilentReporter
from tulle.registry.access import Access

if TYPE_CHECKING:
    from pathlib import Path

    from fakes.aws import FakeAws
    from integration.deploy.conftest import MadeArtifact
    from tulle.aws.session import AwsSession

PLACE = Place(partition="aws", region=REGION, account=ACCOUNT)
BUCKET = bucket_name(ACCOUNT, REGION)


class Story(SilentReporter):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.transfers: list[tuple[int, int]] = []

    def step(self, text: str) -> None:
        self.lines.append(text)

    def note(self, text: str) -> None:
        self.lines.append(text)

    def warn(self, text: str) -> None:
        self.lines.append(f"! {text}")

    def progress(self, done_bytes: int, total_bytes: int) -> None:
        self.transfers.append((done_bytes, total_bytes))


@dataclass
class Stage:
    """One stage of a project, with all that it takes to publish and unpublish it."""

    names: Names
    session: AwsSession
    access: Access
    story: Story
    repositories: Repositories = field(init=False)
    artifacts: Artifacts = field(init=False)

    def __post_init__(self) -> None:
        self.repositories = Repositories(self.session)
        self.artifacts = Artifacts(
            self.session, bucket=bucket_name(ACCOUNT, self.session.region), account=ACCOUNT
        )

    def publish_image(
        self, layout: Path, *, keep: int = 20, in_use: frozenset[str] = frozenset()
    ) -> Published:
        return publish_image(
            layout,
            self.names,
            repositories=self.repositories,
            access=self.access,
            retention=Retention(keep=keep, in_use=in_use),
        )

    def publish_zip(self, made: MadeArtifact) -> Published:
        return publish_zip(
            made.path, made.digest, self.names, artifacts=self.artifacts, reporter=self.story
        )

    def plan_unpublish(self) -> UnpublishPlan:
        return plan_unpublish(self.names, repositories=self.repositories, artifacts=self.artifacts)

    def unpublish(self, plan: UnpublishPlan) -> None:
        unpublish(
            plan, repositories=self.repositories, artifacts=self.artifacts, reporter=self.story
        )


def make_stage(
    aws: FakeAws,
    home: Path,
    *,
    project: str = "clothing",
    stage: str = "prod",
    session: AwsSession | None = None,
) -> Stage:
    story = Story()
    access = Access(environ=aws.environ(), home=home, reporter=story, sleep=lambda _: None)
    names = Names(project=project, stage=stage)
    return Stage(names, session or aws.session(), access, story)


@pytest.fixture
def stage(aws: FakeAws, tmp_path: Path) -> Stage:
    return make_stage(aws, tmp_path)
