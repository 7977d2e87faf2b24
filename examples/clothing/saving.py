"""Owns the model's file: whole, readable by any Keras 3, and small enough to keep in a repository."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

__all__ = ["round_weights", "save_small"]


def round_weights(model: keras.Model) -> None:
    """Round every weight to what half precision can hold; half of each float32 is zeros then."""
    model.set_weights([w.astype(np.float16).astype(np.float32) for w in model.get_weights()])


def save_small(model: keras.Model, path: Path) -> None:
    """Save a model as `.keras`, with the members of its archive deflated (Keras stores them)."""
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        stored, small = Path(scratch, "stored.keras"), Path(scratch, "small.keras")
        model.save(stored)
        with (
            zipfile.ZipFile(stored) as source,
            zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
        ):
            for name in sorted(source.namelist()):
                target.writestr(name, source.read(name))
        small.replace(path)
