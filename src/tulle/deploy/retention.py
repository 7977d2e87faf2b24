"""Owns `Retention`: which images stay in a repository when ECR deletes old ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tulle.aws.ecr import StoredImage

__all__ = ["Retention", "images_to_keep"]


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
