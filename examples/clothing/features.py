"""Owns what the frozen backbone sees in each picture, kept on disk: it is slow and never changes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from pictures import INTERPOLATION, Part, read_pixels

if TYPE_CHECKING:
    from pathlib import Path

    import keras

__all__ = ["read_features"]

_BATCH = 32


def read_features(backbone: keras.Model, part: Part, cache: Path, *, flipped: bool) -> np.ndarray:
    """Give a row of features a picture, each picture mirrored where `flipped`.

    The work is kept batch by batch, so that a run that was broken off goes on where it stopped.
    """
    view = "flipped" if flipped else "plain"
    shape = f"{backbone.name}-{backbone.output_shape[-1]}"
    folder = cache / f"{shape}-{INTERPOLATION}-{part.name}-{view}-{part.digest}"
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for start in range(0, len(part.paths), _BATCH):
        path = folder / f"{start:06}.npy"
        if not path.exists():
            pixels = read_pixels(part.paths[start : start + _BATCH], size=backbone.input_shape[1])
            pixels = pixels[:, :, ::-1] if flipped else pixels
            _save(path, backbone.predict_on_batch(pixels))
            progress = f"{part.name}, {view}: {start + len(pixels)}/{len(part.paths)}"
            print(f"\r{progress}", end="", file=sys.stderr)
        rows.append(np.load(path))
    print(file=sys.stderr)
    return np.concatenate(rows)


def _save(path: Path, batch: np.ndarray) -> None:
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.save(file, batch)
    unfinished.replace(path)
