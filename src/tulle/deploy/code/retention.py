"""Owns which old images and versions stay, and which go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.deploy.release import read_version_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tulle.aws.ecr import StoredImage
    from tulle.aws.functions import FunctionVersion

__all__ = ["Retention", "images_to_keep", "versions_to_delete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Which images stay in a repository.

    Args:
        keep: how many of the newest.
        in_use: digests of those that have to stay whatever their age: what is live.
    """

    keep: int
    in_use: frozenset[str] = frozenset()


def images_to_keep(stored: Sequence[StoredImage], retention: Retention) -> int:
    """Say how many of the newest images have to stay, so that none goes that is in use.

    Lambda fetches an image again now and then, and a function whose image is gone fails.

    Args:
        stored: what was there before the last push, which may have brought one more.
        retention: which shall stay.
    """
    ranks = [
        sum(other.pushed_at >= image.pushed_at for other in stored)
        for image in stored
        if image.digest in retention.in_use
    ]
    # One more for the image that came now, and one for the next, which comes before this is worked out again.
    return max(retention.keep, max(ranks, default=0) + 2)


def versions_to_delete(
    versions: Sequence[FunctionVersion], *, keep: int, live: str
) -> tuple[str, ...]:
    """List the versions that are too old to go back to: their images are gone, their zips fill the account's storage.

    Args:
        versions: all that the function has, the oldest first.
        keep: how many of the newest stay.
        live: the one that callers reach, which stays whatever its age.
    """
    deployed = [each.version for each in versions if read_version_note(each.description).digest]
    return tuple(version for version in deployed[:-keep] if version != live)
