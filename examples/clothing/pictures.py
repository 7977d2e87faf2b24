"""Owns reading a folder of pictures: `train/` and `validation/`, with a folder a category."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import keras
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["INTERPOLATION", "Part", "read_labels", "read_part", "read_pixels"]

INTERPOLATION = "nearest"
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
        listing = "\n".join(f"{path} {path.stat().st_size}" for path in self.paths)
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


def read_pixels(paths: tuple[Path, ...], *, size: int) -> np.ndarray:
    """Read pictures as Keras does, as floats in -1..1."""
    pictures = [
        keras.utils.load_img(path, target_size=(size, size), interpolation=INTERPOLATION)
        for path in paths
    ]
    return np.stack([np.asarray(picture, np.float32) for picture in pictures]) / 127.5 - 1
