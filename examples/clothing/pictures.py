"""Owns reading a folder of pictures: `train/` and `validation/`, with a folder a category."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["INTERPOLATION", "Part", "read_labels", "read_part", "read_picture", "shrink"]

INTERPOLATION = Image.Resampling.NEAREST
"""How pictures are shrunk, stretched to a square: `load_img`'s default, and the better one here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The pictures of one part, and the number of each one's category."""

    name: str
    paths: tuple[Path, ...]
    categories: np.ndarray

    @property
    def digest(self) -> str:
        """Name this list of pictures, so that what was cached for another one is not taken."""
        listing = "\n".join(
            f"{path.parent.name}/{path.name} {path.stat().st_size}" for path in self.paths
        )
        return hashlib.sha256(listing.encode()).hexdigest()[:12]


def read_labels(folder: Path) -> tuple[str, ...]:
    """List the categories of a data set, in alphabetical order."""
    train = folder / "train"
    if not train.is_dir():
        raise SystemExit(f"error: {train} is no folder\nhint: it holds a folder for each category")
    return tuple(sorted(path.name for path in train.iterdir() if path.is_dir()))


def read_part(folder: Path, name: str, labels: tuple[str, ...]) -> Part:
    """List the pictures of `train` or `validation`, category by category."""
    found = [
        (path, number)
        for number, label in enumerate(labels)
        for path in sorted((folder / name / label).iterdir())
    ]
    paths, categories = zip(*found, strict=True)
    return Part(name=name, paths=paths, categories=np.array(categories))


def read_picture(path: Path) -> Image.Image:
    """Read a picture's colours, as Keras does: without the turn that its EXIF data may ask for."""
    with Image.open(path) as picture:
        return picture.convert("RGB")


def shrink(picture: Image.Image, size: int) -> np.ndarray:
    """Stretch a picture to a square, as the function does."""
    return np.asarray(picture.resize((size, size), INTERPOLATION), np.uint8)
