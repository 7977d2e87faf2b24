"""Owns knowing an image that an earlier build left in a layout."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.bundle.image.image import Image
    from tulle.registry.content import Descriptor

__all__ = ["holds_image"]


def holds_image(folder: Path, image: Image) -> bool:
    """Say whether a layout has this very image and nothing of it is missing."""
    try:
        (entry,) = json.loads((folder / "index.json").read_bytes())["manifests"]
        named = entry["digest"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    parts = [image.manifest.descriptor, *(blob.descriptor for blob in image.blobs)]
    return named == image.digest and all(_has(folder, part) for part in parts)


def _has(folder: Path, descriptor: Descriptor) -> bool:
    algorithm, _, name = descriptor.digest.partition(":")
    path = folder / "blobs" / algorithm / name
    return path.is_file() and path.stat().st_size == descriptor.size
