"""Owns taking away what a stage has published: its repository with the images, its zips, an empty bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.aws.s3 import BucketState
from tulle.bundle.audit.sizes import mebibytes
from tulle.deploy.code.ownership import check_owner
from tulle.errors import ForeignResource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.aws.ecr import Repositories, StoredImage
    from tulle.aws.s3 import Artifacts, StoredZip
    from tulle.deploy.names import Names
    from tulle.progress import Reporter

__all__ = ["UnpublishPlan", "plan_unpublish", "show_unpublish", "unpublish"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpublishPlan:
    """What goes when a stage's code is taken away.

    Args:
        repository: the stage's own; None where there is none.
        images: what is in it.
        bucket: the account's artifact bucket.
        zips: those of the stage.
        bucket_goes: whether nothing else is in the bucket.
        stays: what is there and is not touched, with the reason.
    """

    repository: str | None
    images: tuple[StoredImage, ...]
    bucket: str
    zips: tuple[StoredZip, ...]
    bucket_goes: bool
    stays: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to take away."""
        return not (self.repository or self.zips or self.bucket_goes)


def plan_unpublish(
    names: Names, *, repositories: Repositories, artifacts: Artifacts
) -> UnpublishPlan:
    """Look up what a stage has published.

    Raises:
        AwsError: AWS cannot be asked, or denies something.
    """
    stays: list[str] = []
    found = repositories.find(names.repository)
    if found is not None:
        try:
            check_owner(found, names)
        except ForeignResource as exc:
            stays.append(exc.message)
            found = None
    state = artifacts.look()
    if state is BucketState.CLOSED:
        stays.append(f"the bucket `{artifacts.bucket}` is not open to you, or another account's")
    in_bucket = artifacts.zips() if state is BucketState.OURS else ()
    own = tuple(stored for stored in in_bucket if stored.key.startswith(_prefix(names)))
    return UnpublishPlan(
        repository=found.name if found else None,
        images=repositories.images(found.name) if found else (),
        bucket=artifacts.bucket,
        zips=own,
        bucket_goes=state is BucketState.OURS and own == in_bucket and artifacts.is_own(),
        stays=tuple(stays),
    )


def show_unpublish(plan: UnpublishPlan) -> str:
    """Write what a plan would do, a line for each thing."""
    return "\n".join(_lines(plan))


def unpublish(
    plan: UnpublishPlan, *, repositories: Repositories, artifacts: Artifacts, reporter: Reporter
) -> None:
    """Take away what a plan names. Should it be interrupted, a new plan has the rest.

    Raises:
        AwsError: AWS cannot be asked, or denies something.
    """
    if plan.repository:
        reporter.step(f"Delete the image repository {plan.repository}")
        repositories.delete(plan.repository)
    if plan.zips:
        reporter.step(f"Delete {_count(plan.zips, 'zip')} in s3://{plan.bucket}")
        artifacts.remove(plan.zips)
    if plan.bucket_goes:
        reporter.step(f"Delete the bucket {plan.bucket}")
        if not artifacts.delete_if_empty():
            reporter.note("it stays: somebody has put something into it")


def _lines(plan: UnpublishPlan) -> Iterator[str]:
    if plan.repository:
        size = mebibytes(sum(image.size_bytes for image in plan.images))
        yield f"- image repository {plan.repository}: {_count(plan.images, 'image')}, {size}"
    if plan.zips:
        size = mebibytes(sum(stored.size_bytes for stored in plan.zips))
        yield f"- {_count(plan.zips, 'zip')} in s3://{plan.bucket}, {size}"
    if plan.bucket_goes:
        yield f"- bucket {plan.bucket}, in which nothing else is"
    for what in plan.stays:
        yield f"  stays: {what}"


def _count(things: tuple[object, ...], name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def _prefix(names: Names) -> str:
    """Give what the keys of the stage's zips begin with."""
    return f"{names.object_key('').rpartition('/')[0]}/"
