"""What is old goes, and never what is in use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tulle.aws.ecr import StoredImage
from tulle.aws.functions import FunctionVersion
from tulle.deploy.code.retention import Retention, images_to_keep, versions_to_delete

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


def published(number: int, *, description: str = "digest=sha256:abc") -> FunctionVersion:
    return FunctionVersion(
        function="clothing-dev",
        version=str(number),
        description=description,
        modified=NEWEST,
        memory_mb=1024,
        timeout_s=30,
        architecture="x86_64",
        log_group="/aws/lambda/clothing-dev",
    )


VERSIONS = tuple(published(number) for number in (3, 4, 7, 9, 10))


@pytest.mark.parametrize(
    ("keep", "live", "gone"),
    [
        (20, "10", ()),
        (5, "10", ()),
        (2, "10", ("3", "4", "7")),
        (2, "4", ("3", "7")),
        (4, "3", ()),
    ],
)
def test_the_newest_versions_and_the_live_one_stay(
    keep: int, live: str, gone: tuple[str, ...]
) -> None:
    assert versions_to_delete(VERSIONS, keep=keep, live=live) == gone


def test_versions_that_nobody_deployed_are_not_touched() -> None:
    others = published(1, description="made by hand"), published(2, description="")
    assert versions_to_delete((*others, *VERSIONS), keep=4, live="10") == ("3",)
