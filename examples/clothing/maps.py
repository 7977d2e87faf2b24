"""Owns what the frozen part of the network sees in pictures, kept on disk between the steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from pictures import Part

__all__ = ["SEED", "TRAINING_SIZE", "VALIDATION_SIZE", "VIEWS", "Maps", "maps_folder", "read_maps"]

TRAINING_SIZE = 192
"""Smaller than the model's own: parts cut out of a picture show a garment larger than it will be."""
VALIDATION_SIZE = 224
VIEWS = 12
SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Maps:
    """Maps as [picture, view, y, x, channel], and the number of each picture's category."""

    maps: np.ndarray
    categories: np.ndarray

    def __len__(self) -> int:
        """Count the pictures."""
        return len(self.categories)


def maps_folder(cache: Path, part: Part) -> Path:
    """Name the folder of a part's maps; other pictures or other views have another one."""
    kind = f"{VIEWS}x{TRAINING_SIZE}-{SEED}" if part.name == "train" else f"{VALIDATION_SIZE}"
    return cache / f"{part.name}-{kind}-{part.digest}"


def read_maps(cache: Path, part: Part) -> Maps:
    """Read what `views.py` kept of a part."""
    files = sorted(maps_folder(cache, part).glob("*.npy"))
    if not files:
        raise SystemExit(f"error: {cache} holds no views of {part.name}\nhint: run views.py first")
    return Maps(maps=np.concatenate([np.load(file) for file in files]), categories=part.categories)
