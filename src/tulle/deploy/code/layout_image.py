"""Owns reading an image to be published from the layout that `tulle build` left, and holding it against quotas."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.bundle.audit.sizes import mebibytes
from tulle.errors import ArtifactTooLarge, ImageNotFound, InvalidBase
from tulle.limits import IMAGE_BYTES
from tulle.registry.content import FileBlob, parse_descriptor
from tulle.registry.layout import LayoutSource
from tulle.registry.media_types import MANIFESTS
from tulle.registry.reference import LayoutReference

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.registry.content import Descriptor, Document

__all__ = ["LayoutImage", "read_layout_image"]

_SIZE_BYTES = 4  # gzip ends with the length of what it packed
_GZIP_WRAP = 1 << 8 * _SIZE_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutImage:
    """An image in a layout.

    Args:
        layers: from the lowest on.
    """

    manifest: Document
    config: FileBlob
    layers: tuple[FileBlob, ...]

    @property
    def digest(self) -> str:
        """Name the image by its manifest's bytes."""
        return self.manifest.descriptor.digest

    @property
    def size_bytes(self) -> int:
        """Say how much its layers are at least when they are unpacked."""
        return sum(_unpacked_bytes(layer) for layer in self.layers)


def read_layout_image(folder: Path) -> LayoutImage:
    """Read the one image of a layout.

    Raises:
        ImageNotFound: the folder is no layout, or a part of the image is missing.
        InvalidBase: what is there is no image.
        ArtifactTooLarge: Lambda would not take it.
    """
    source = LayoutSource(LayoutReference(path=folder))
    manifest = source.document()
    if manifest.media_type not in MANIFESTS:
        raise InvalidBase(
            f"{source.name} is no image but `{manifest.media_type}`",
            hint="Lambda takes one image for one processor: name a layout that `tulle build` wrote",
        )
    parts = json.loads(manifest.content)
    config, *layers = (
        _blob(folder, parse_descriptor(part, place=source.name))
        for part in (parts.get("config"), *parts.get("layers", ()))
    )
    image = LayoutImage(manifest=manifest, config=config, layers=tuple(layers))
    if image.size_bytes > IMAGE_BYTES:
        raise _too_large(image)
    return image


def _blob(folder: Path, descriptor: Descriptor) -> FileBlob:
    algorithm, _, name = descriptor.digest.partition(":")
    path = folder / "blobs" / algorithm / name
    if not path.is_file() or path.stat().st_size != descriptor.size:
        raise ImageNotFound(
            f"`{folder}` has not all of its image: {descriptor.digest} is missing or damaged",
            hint="build it anew: `tulle build`",
        )
    return FileBlob(descriptor=descriptor, path=path)


def _unpacked_bytes(layer: FileBlob) -> int:
    """Say how large a layer is at least, by the end of its archive alone."""
    packed = layer.descriptor.size
    if not layer.descriptor.media_type.endswith("gzip") or packed < _SIZE_BYTES:
        return packed
    with layer.path.open("rb") as file:
        file.seek(-_SIZE_BYTES, 2)
        size = int.from_bytes(file.read(), "little")
    while size < packed * 0.99:  # nothing grows by more than that when it is packed
        size += _GZIP_WRAP
    return size


def _too_large(image: LayoutImage) -> ArtifactTooLarge:
    sizes = [(_unpacked_bytes(layer), layer.descriptor.digest) for layer in image.layers]
    table = [f"{mebibytes(size):>12}  {digest}" for size, digest in sorted(sizes, reverse=True)]
    return ArtifactTooLarge(
        f"the image is {mebibytes(image.size_bytes)} unpacked, where Lambda allows {mebibytes(IMAGE_BYTES)}",
        hint="take a smaller base ([package] base), drop a requirement, or make the model smaller",
        detail="\n".join(table),
    )
