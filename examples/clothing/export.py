"""Make the trained runs one Keras file whose scores mean something, and tell how good it is."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np

from averaging import average_runs, write_log
from calibration import calibration_error, fit_temperature
from imagenet import read_imagenet_weights
from keras_network import build_classifier, set_convolutions
from pictures import Part, read_labels, read_part, read_picture, shrink
from plot import plot_training
from report import report
from saving import round_weights, save_small

if TYPE_CHECKING:
    from torch_network import Tail

__all__ = ["SIZE", "build_trained", "read_pixels"]

SIZE = 224


def read_pixels(part: Part, size: int) -> np.ndarray:
    """Read pictures as the model takes them, in -1..1."""
    pixels = np.stack([shrink(read_picture(path), size) for path in part.paths])
    return np.asarray(pixels.astype(np.float32) / 127.5 - 1)


def build_trained(tail: Tail, size: int) -> keras.Model:
    """Put ImageNet's first layers and the trained ones into one Keras model."""
    layers, trained = read_imagenet_weights(), tuple(tail.folded())
    frozen = ((layer.folded, layer.bias) for layer in layers[: -len(trained)])
    model = build_classifier(size, tail.scores.out_features)
    set_convolutions(model, (*frozen, *trained))
    set_scores(model, tail.scores.weight.detach().numpy().T, tail.scores.bias.detach().numpy())
    return model


def set_scores(model: keras.Model, weights: np.ndarray, bias: np.ndarray) -> None:
    """Set the layer that gives the scores."""
    model.get_layer("scores").set_weights([weights, bias])


def _calibrate(model: keras.Model, pixels: np.ndarray, categories: np.ndarray) -> None:
    """Divide the logits by the temperature that makes the right categories likeliest."""
    logits = np.log(model.predict(pixels, verbose=0) + 1e-12)
    temperature = fit_temperature(logits, categories)
    print(f"temperature {temperature:.3f}")
    weights, bias = model.get_layer("scores").get_weights()
    set_scores(model, weights / temperature, bias / temperature)


def main() -> None:
    """Write the model, its labels and the plot; measure the file on `validation/`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="holds train/ and validation/, a folder a category")
    parser.add_argument("--cache", type=Path, default=Path(".cache/clothing"))
    parser.add_argument("--output", type=Path, default=Path(__file__).parent, help="default: here")
    arguments = parser.parse_args()
    labels = read_labels(arguments.data)
    validation = read_part(arguments.data, "validation", labels)
    pixels = read_pixels(validation, SIZE)
    runs = sorted(arguments.cache.glob("seed-*.pt"))
    if not runs:
        raise SystemExit(f"error: {arguments.cache} holds no run\nhint: run train.py first")
    print(f"averaging {', '.join(path.stem for path in runs)}")
    model = build_trained(average_runs(runs, len(labels)), SIZE)
    _calibrate(model, pixels, validation.categories)
    round_weights(model)
    path = arguments.output / "clothing.keras"
    save_small(model, path)
    (arguments.output / "labels.txt").write_text("\n".join(labels) + "\n")
    write_log(runs, arguments.output / "training.csv")
    plot_training(arguments.output / "training.csv", arguments.output / "curves.svg")
    scores = keras.models.load_model(path).predict(pixels, verbose=0)
    print(f"\n{path}, {path.stat().st_size / 1e6:.2f} MB, on validation:")
    print(report(labels, validation.categories, np.argmax(scores, axis=1)))
    print(f"\ncalibration error {calibration_error(scores, validation.categories):.4f}")


if __name__ == "__main__":
    main()
