"""Owns putting a bundle together of the files that each part gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.bundle.bundle import bundle_of
from tulle.errors import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePosixPath

    from tulle.bundle.bundle import Bundle, BundleFile
    from tulle.target import Target

__all__ = ["assemble"]


def assemble(
    files: Iterable[BundleFile], *, target: Target, handler: str
) -> tuple[Bundle, tuple[Finding, ...]]:
    """Make a bundle of all files, and a finding of each that wants the place of another.

    Args:
        files: of all parts; of two for one place, the first is taken.
        target: what they are for.
        handler: what Lambda calls.
    """
    taken: dict[PurePosixPath, BundleFile] = {}
    folders: dict[PurePosixPath, BundleFile] = {}
    findings = []
    for file in files:
        parents = file.path.parents[:-1]
        other = (
            taken.get(file.path)
            or folders.get(file.path)
            or next((taken[parent] for parent in parents if parent in taken), None)
        )
        if other is not None:
            findings.append(_clash(file, other))
            continue
        taken[file.path] = file
        folders.update(dict.fromkeys(parents, file))
    return bundle_of(taken.values(), target=target, handler=handler), tuple(findings)


def _clash(file: BundleFile, other: BundleFile) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        code="place-taken",
        message=f"{file.path} comes from {file.origin} and from {other.origin}",
        hint="rename or exclude the project's own, or drop the requirement that brings the other",
        path=str(file.path),
    )
