"""Keep what the frozen part of the network sees in varied views of each picture.

The frozen part never changes, so training need not run it again: each picture is varied in a fixed
number of ways once, and training draws from these. Kept under `--cache` piece by piece, so that a
run that was broken off goes on where it stopped.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from augment import vary
from imagenet import read_imagenet_weights
from keras_network import build_frozen, set_convolutions
from maps import SEED, TRAINING_SIZE, VALIDATION_SIZE, VIEWS, maps_folder
from pictures import read_labels, read_part, read_picture, shrink

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["keep_plain", "keep_views"]

_PIECE = 64


def keep_views(paths: tuple[Path, ...], folder: Path) -> None:
    """Write the maps of the varied views of each picture, 64 pictures a file."""
    see = _frozen(TRAINING_SIZE, batch=VIEWS)

    def vary_all(path: Path, number: int) -> np.ndarray:
        rng, picture = np.random.default_rng((SEED, number)), read_picture(path)
        return see(np.stack([vary(picture, TRAINING_SIZE, rng) for _ in range(VIEWS)]))

    _keep(paths, folder, vary_all)


def keep_plain(paths: tuple[Path, ...], folder: Path) -> None:
    """Write the map of each picture as it is, 64 pictures a file."""
    see = _frozen(VALIDATION_SIZE, batch=1)
    _keep(paths, folder, lambda path, _: see(shrink(read_picture(path), VALIDATION_SIZE)[None]))


def _keep(paths: tuple[Path, ...], folder: Path, see: Callable[[Path, int], np.ndarray]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(paths), _PIECE):
        file = folder / f"{start:06}.npy"
        if not file.exists():
            piece = paths[start : start + _PIECE]
            maps = [see(path, number) for number, path in enumerate(piece, start)]
            unfinished = file.with_suffix(".part")
            with unfinished.open("wb") as opened:
                np.save(opened, np.stack(maps).astype(np.float16))
            unfinished.replace(file)
        print(f"\r{folder.name}: {start}/{len(paths)}", end="", file=sys.stderr)
    print(file=sys.stderr)


def _frozen(size: int, *, batch: int) -> Callable[[np.ndarray], np.ndarray]:
    """Make the frozen part a function of pixels 0..255; LiteRT runs it several times as fast."""
    network = build_frozen(size)
    set_convolutions(network, ((layer.folded, layer.bias) for layer in read_imagenet_weights()))
    converted = tf.lite.TFLiteConverter.from_keras_model(network).convert()
    interpreter = tf.lite.Interpreter(model_content=converted, num_threads=2)
    (given,), (seen,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(given["index"], (batch, size, size, 3))
    interpreter.allocate_tensors()

    def see(pixels: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(given["index"], np.float32(pixels) / 127.5 - 1)
        interpreter.invoke()
        return np.asarray(interpreter.get_tensor(seen["index"]))

    return see


def main() -> None:
    """Keep the views of `train/` and the plain pictures of `validation/`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="holds train/ and validation/, a folder a category")
    parser.add_argument("--cache", type=Path, default=Path(".cache/clothing"))
    arguments = parser.parse_args()
    labels = read_labels(arguments.data)
    validation = read_part(arguments.data, "validation", labels)
    keep_plain(validation.paths, maps_folder(arguments.cache, validation))
    train = read_part(arguments.data, "train", labels)
    keep_views(train.paths, maps_folder(arguments.cache, train))


if __name__ == "__main__":
    main()
