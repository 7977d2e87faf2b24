"""Owns the way from what was built to a release: the code where Lambda finds it, and where it comes from."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tulle.aws.cloudformation import TEMPLATE_BYTES
from tulle.aws.ecr import Repositories
from tulle.aws.s3 import Artifacts, BucketState
from tulle.bundle.cache import find_home
from tulle.bundle.revision import find_revision
from tulle.deploy.code.publish import plan_code, publish_image, publish_zip
from tulle.deploy.code.retention import Retention
from tulle.deploy.names import bucket_name
from tulle.deploy.release import Release
from tulle.progress import SilentReporter
from tulle.project.project import PackageType
from tulle.registry.access import Access

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tulle.api.build import Artifact
    from tulle.aws.session import AwsSession
    from tulle.aws.stack import ChangeSetRequest
    from tulle.deploy.code.publish import Published
    from tulle.deploy.names import Names
    from tulle.deploy.permissions import Place
    from tulle.deploy.release import ImageCode, ZipCode
    from tulle.progress import Reporter
    from tulle.project.project import Project

__all__ = ["Publisher", "plan_release"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """What publishing needs of the world."""

    session: AwsSession
    place: Place
    names: Names
    environ: Mapping[str, str]
    reporter: Reporter

    def publish(
        self, artifact: Artifact, project: Project, *, in_use: frozenset[str]
    ) -> tuple[Release, int]:
        """Send what AWS lacks of an artifact; give the release, and how many bytes were sent.

        Args:
            artifact: what was built of the project.
            project: the project.
            in_use: digests of images that have to stay in the repository.

        Raises:
            AwsError, RegistryError: it cannot be sent.
        """
        retention = Retention(keep=project.deploy.keep, in_use=in_use)
        try:
            published = self._send(artifact, retention)
        except KeyboardInterrupt:
            self.reporter.warn(
                "what was sent stays on AWS: `tulle deploy` sends the rest, `tulle destroy` takes it away"
            )
            raise
        return _release(artifact, project, published.code), published.sent_bytes

    @contextmanager
    def reachable(self, request: ChangeSetRequest) -> Iterator[ChangeSetRequest]:
        """Let a template that is too long to be sent lie in the artifact bucket for as long as it is read."""
        text = (request.template or "").encode()
        if len(text) <= TEMPLATE_BYTES:
            yield request
            return
        artifacts, key = self._artifacts(), f"{self.names.stack}/templates/{request.name}.json"
        is_new = artifacts.look() is BucketState.ABSENT
        artifacts.prepare()
        with TemporaryDirectory() as folder:
            path = Path(folder) / "template.json"
            path.write_bytes(text)
            artifacts.put(key, path, digest=request.name, reporter=SilentReporter())
        suffix = "amazonaws.com.cn" if self.place.partition == "aws-cn" else "amazonaws.com"
        url = f"https://{artifacts.bucket}.s3.{self.place.region}.{suffix}/{key}"
        try:
            yield replace(request, template=None, template_url=url)
        finally:
            artifacts.remove(artifacts.zips(key))
            if is_new:
                artifacts.delete_if_empty()

    def _send(self, artifact: Artifact, retention: Retention) -> Published:
        path, digest = _built(artifact)
        if artifact.type is PackageType.ZIP:
            return publish_zip(
                path, digest, self.names, artifacts=self._artifacts(), reporter=self.reporter
            )
        home = find_home(self.environ)
        return publish_image(
            path,
            self.names,
            repositories=Repositories(self.session),
            access=Access(environ=self.environ, home=home, reporter=self.reporter),
            retention=retention,
        )

    def _artifacts(self) -> Artifacts:
        bucket = bucket_name(self.place.account, self.place.region)
        return Artifacts(self.session, bucket=bucket, account=self.place.account)


def plan_release(artifact: Artifact, project: Project, names: Names, place: Place) -> Release:
    """Say what a release would be, and publish nothing.

    Raises:
        UsageError: the project is packed as something that Lambda does not take.
    """
    return _release(artifact, project, plan_code(artifact.type, _built(artifact)[1], names, place))


def _built(artifact: Artifact) -> tuple[Path, str]:
    if artifact.path is None or artifact.digest is None:
        raise ValueError("only an image's layout or a zip can be published")
    return artifact.path, artifact.digest


def _release(artifact: Artifact, project: Project, code: ImageCode | ZipCode) -> Release:
    bundle, model = artifact.gathered.bundle, artifact.gathered.model
    return Release(
        code=code,
        target=bundle.target,
        handler=bundle.handler,
        digest=_built(artifact)[1],
        model_sha256=model.sha256 if model else None,
        revision=find_revision(project.folder),
    )
