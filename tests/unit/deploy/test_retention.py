"""ECR deletes old images by their number, and may not meet one that is in use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tulle.aws.ecr import StoredImage
from tulle.deploy.retention import Retention, images_to_keep

NEWEST = datetime(2026, 11, 28, tzinfo=UTC)


def stored(name: str, *, age_days: int) -> StoredImage:
    pushed_at = NEWEST - timedelta(days=age_days)
    return StoredImage(digest=name, tags=(), size_bytes=1, pushed_at=pushed_at)


IMAGES = tuple(stored(f"sha256:{age}", age_days=age) for age in range(10))


@pytest.mark.parametrize(
    ("keep", "in_use", "expected"),
    [
        (20, set(), 20),
        (2, set(), 2),
        # What is in use, one that came with this push, and room for the next.
        (2, {"sha256:0"}, 3),
        (2, {"sha256:4"}, 7),
        (2, {"sha256:4", "sha256:9", "sha256:1"}, 12),
        (20, {"sha256:4"}, 20),
        (2, {"sha256:unknown"}, 2),
    ],
)
def test_what_is_in_use_stays(keep: int, in_use: set[str], expected: int) -> None:
    retention = Retention(keep=keep, in_use=frozenset(in_use))
    assert images_to_keep(IMAGES, retention) == expected
    assert images_to_keep(IMAGES[::-1], retention) == expected


def test_images_of_the_same_moment_count_before_one_another() -> None:
    images = tuple(stored(f"sha256:{letter}", age_days=1) for letter in "abcde")
    retention = Retention(keep=1, in_use=frozenset({"sha256:a"}))
    assert images_to_keep(images, retention) == 7


def test_an_empty_repository_keeps_what_comes() -> None:
    assert images_to_keep((), Retention(keep=1)) == 2
