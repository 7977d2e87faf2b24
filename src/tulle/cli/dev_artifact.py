"""Owns how `tulle dev` tells what was built from what is to be built."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tulle.api.dev import ArtifactSource, LayoutSource
from tulle.errors import ArtifactUnusable
from tulle.registry.reference import LayoutReference, parse_reference

if TYPE_CHECKING:
    from tulle.registry.reference import RegistryReference

__all__ = ["find_artifact", "is_artifact"]


def is_artifact(name: str) -> bool:
    """Tell whether a name means what was built: a zip, an image, or a Dockerfile with its folder."""
    return name.endswith(".zip") or _is_image(name) or (Path(name) / "Dockerfile").is_file()


def find_artifact(name: str, handler: str | None) -> ArtifactSource | LayoutSource:
    """Say how what was built is run.

    Args:
        name: what was built.
        handler: what Lambda would call; for an image, its command.

    Raises:
        ArtifactUnusable: it must be built first.
        InvalidReference: it names nothing.
    """
    if _is_image(name):
        return LayoutSource(reference=_reference(name), command=handler)
    if not name.endswith(".zip"):
        raise ArtifactUnusable(
            f"{name} is a Dockerfile with its files, which tulle does not build",
            hint="run the same function as an image: tulle build --type image, then "
            "tulle dev dist/NAME-image; or build it elsewhere and write it to a folder: "
            "skopeo copy docker-daemon:NAME:latest oci:FOLDER",
        )
    return ArtifactSource(path=Path(name), handler=handler)


def _is_image(name: str) -> bool:
    path = Path(name)
    return (
        name.startswith("oci:")
        or any((path / marker).is_file() for marker in ("oci-layout", "index.json"))
        or (name.endswith("-image") and not path.exists())  # as `tulle build` would have named it
    )


def _reference(name: str) -> LayoutReference:
    reference: LayoutReference | RegistryReference = LayoutReference(path=Path(name))
    if name.startswith("oci:"):
        reference = parse_reference(name)
    if not isinstance(reference, LayoutReference):
        raise TypeError(f"{name} is no layout")
    return reference
