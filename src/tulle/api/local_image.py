"""Owns making the function that `dev` runs from a container image in an OCI layout."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.bundle.image.root import unpack_image
from tulle.bundle.image.start import is_for_this_machine, read_layout, read_start
from tulle.emulator.function import Function
from tulle.emulator.image import Image
from tulle.errors import ArtifactUnusable
from tulle.project.project import function_name

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.progress import Reporter
    from tulle.registry.reference import LayoutReference

__all__ = ["LayoutSource", "image_function"]

_SUFFIX = "-image"  # of what `tulle build` writes


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutSource:
    """An image in an OCI layout, run from its own files alone, by its own entrypoint.

    Args:
        command: goes before the image's own `Cmd`, as Lambda's settings do.
    """

    reference: LayoutReference
    command: str | None = None


def image_function(source: LayoutSource, root: Path, reporter: Reporter) -> Function:
    """Unpack an image into an empty folder, and make a function of it.

    Raises:
        ArtifactUnusable: it cannot be run on this machine.
        ImageNotFound: it is not there.
    """
    image = read_layout(source.reference)
    start = read_start(image, source.command)
    if not is_for_this_machine(image):
        reporter.warn(
            f"{image.name} is for {image.config.get('architecture')}, not for this machine: "
            "its programs will hardly start"
        )
    _refuse_where_nothing_runs(root)
    reporter.step(f"unpacking {image.name}")
    unpack_image(image, root)
    task = root / start.folder.lstrip("/")
    return Function(
        name=function_name(source.reference.path.resolve().name.removesuffix(_SUFFIX)),
        handler=start.command[-1] if start.command else "",
        folder=task if task.is_dir() else root,
        runtime="image",
        image=Image(
            name=image.name,
            digest=image.digest,
            root=root,
            entrypoint=start.entrypoint,
            command=start.command,
            environment=start.environment,
            folder=start.folder,
        ),
    )


def _refuse_where_nothing_runs(root: Path) -> None:
    """Refuse a disk that is mounted so that no program of it may run; root mounts it otherwise for itself."""
    if os.geteuid() != 0 and os.statvfs(root).f_flag & os.ST_NOEXEC:
        raise ArtifactUnusable(
            f"no program may run from {root.parent}, where the image would be unpacked",
            hint="set TMPDIR to a folder of another disk, such as TMPDIR=/var/tmp",
        )
