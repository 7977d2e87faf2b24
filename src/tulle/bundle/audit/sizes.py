"""Owns holding a function's sizes against Lambda's quotas."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tulle.errors import Finding, Severity
from tulle.limits import IMAGE_BYTES, IMAGE_MANIFEST_BYTES, ZIP_BYTES, ZIP_UNPACKED_BYTES

if TYPE_CHECKING:
    from tulle.bundle.bundle import Bundle

__all__ = ["find_manifest_problems", "find_size_problems", "find_zip_problems", "mebibytes"]

_SHOWN = 4


def find_size_problems(bundle: Bundle, *, is_zip: bool) -> tuple[Finding, ...]:
    """Say what is largest in a function that is too large to be run."""
    limit = ZIP_UNPACKED_BYTES if is_zip else IMAGE_BYTES
    if bundle.size <= limit:
        return ()
    sizes: Counter[str] = Counter()
    for file in bundle.files:
        sizes[file.origin] += file.size
    largest = ", ".join(f"{name} {mebibytes(size)}" for name, size in sizes.most_common(_SHOWN))
    less = "drop a requirement, or make the model smaller (tulle convert --recipe int8)"
    return (
        Finding(
            severity=Severity.ERROR,
            code="too-large",
            message=f"the function is {mebibytes(bundle.size)} unpacked, where Lambda allows "
            f"{mebibytes(limit)}: {largest}",
            hint=f"build an image, which may have 10 GiB: --type image; or {less}"
            if is_zip
            else less,
        ),
    )


def find_zip_problems(size_bytes: int) -> tuple[Finding, ...]:
    """Say that a zip is too large to be uploaded directly."""
    if size_bytes <= ZIP_BYTES:
        return ()
    return (
        Finding(
            severity=Severity.WARNING,
            code="zip-needs-s3",
            message=f"the zip is {mebibytes(size_bytes)}, and above {mebibytes(ZIP_BYTES)} Lambda "
            "takes it only from S3",
            hint="upload it to a bucket first, or build an image: --type image",
        ),
    )


def find_manifest_problems(size_bytes: int) -> tuple[Finding, ...]:
    """Say that an image has more layers or labels than Lambda wants to read."""
    if size_bytes < IMAGE_MANIFEST_BYTES:
        return ()
    return (
        Finding(
            severity=Severity.WARNING,
            code="large-manifest",
            message=f"the image's manifest has {size_bytes:,} bytes, where Lambda wants fewer than "
            f"{IMAGE_MANIFEST_BYTES:,}",
            hint="take a base with fewer layers",
        ),
    )


def mebibytes(size_bytes: int) -> str:
    """Write a size as AWS's limits are written, which call 1,048,576 bytes a megabyte."""
    return f"{size_bytes / 1_048_576:.1f} MiB"
