"""Owns how `tulle build` shows what it built, and why each file is in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tulle.api.build import Artifact, PackageType, explanations
from tulle.bundle.bundle import Layer
from tulle.limits import IMAGE_BYTES, ZIP_BYTES, ZIP_UNPACKED_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["artifact_lines", "explanation_lines", "layer_totals", "size_text"]

_HEADING = 14  # columns
_MIB = 1024 * 1024


def layer_totals(artifact: Artifact) -> tuple[tuple[str, int, int], ...]:
    """Count the files and bytes of each layer."""
    files: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for file in artifact.gathered.bundle.files:
        files[file.layer] += 1
        sizes[file.layer] += file.size
    return tuple((layer, files[layer], sizes[layer]) for layer in Layer if layer in files)


def artifact_lines(artifact: Artifact, seconds: float) -> Iterator[str]:
    """Show what was built: where it is, what is in it, how large it is."""
    bundle, is_zip = artifact.gathered.bundle, artifact.type is PackageType.ZIP
    if artifact.path:
        yield click.style(_nearest(artifact.path), bold=True)
    yield click.style(f"  {'':<{_HEADING}}{'files':>7}{'size':>13}", dim=True)
    for layer, files, size in layer_totals(artifact):
        yield _line(layer, size, files=files)
    limit = ZIP_UNPACKED_BYTES if is_zip else IMAGE_BYTES
    yield _line("all, unpacked", bundle.size, files=len(bundle.files), limit=limit)
    if artifact.size_bytes is not None:
        heading = "zip" if is_zip else "compressed"
        yield _line(heading, artifact.size_bytes, limit=ZIP_BYTES if is_zip else None)
    if artifact.digest:
        yield f"  {artifact.digest}"
    if artifact.delivery:
        sent = f"{size_text(artifact.delivery.sent_bytes)} sent"
        yield f"  pushed to {artifact.delivery.name} ({sent})"
    if artifact.sbom:
        yield f"  components listed in {_nearest(artifact.sbom)}"
    target = f"{bundle.target.runtime} on {bundle.target.architecture}"
    how = "was there already, looked at" if artifact.unchanged else "built"
    yield f"  {how} in {seconds:.1f} s for {target}"


def explanation_lines(artifact: Artifact) -> Iterator[str]:
    """Say of every file why it stays or goes, by whom it comes from, the largest of each first."""
    entries = explanations(artifact.gathered)
    origins: Counter[str] = Counter()
    for entry in entries:
        origins[entry.origin] += entry.size or 0
    for origin, _ in origins.most_common():
        yield click.style(origin, bold=True)
        own = [entry for entry in entries if entry.origin == origin]
        for entry in sorted(
            own, key=lambda entry: (not entry.keep, -(entry.size or 0), entry.path)
        ):
            size = "" if entry.size is None else f"{entry.size:,}"
            mark = "+" if entry.keep else "-"
            yield f"  {mark} {size:>11}  {entry.path}  {click.style(entry.reason, dim=True)}"


def _line(heading: str, size: int, *, files: int | None = None, limit: int | None = None) -> str:
    of = click.style(f" of {size_text(limit)}", dim=True) if limit else ""
    return f"  {heading:<{_HEADING}}{files or '':>7}{size_text(size):>13}{of}"


def size_text(size: int) -> str:
    """Write a size as AWS's limits are meant, whose MB are 1,048,576 bytes."""
    if size >= 1024 * _MIB:
        return f"{size / _MIB / 1024:.1f} GiB"
    if size >= _MIB / 10:
        return f"{size / _MIB:.1f} MiB"
    return f"{size / 1024:.1f} KiB" if size >= 1024 else f"{size} B"


def _nearest(path: Path) -> str:
    """Name a path from the current folder where it is in there."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
