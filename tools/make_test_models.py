"""Make the small Keras models that the tests convert: `python tools/make_test_models.py FOLDER`.

Beside `tiny.keras` it makes `float.tflite`, a model as TensorFlow's converter leaves it: floats in, no labels.
That file is kept in `tests/data/models`, and with it `tiny.tflite`, made by

    tulle convert tiny.keras --labels circle,square,star --preprocessing none
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf
from keras import layers

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = (16, 24, 3)
LABELS = 3


def classifier(
    units: int = LABELS, activation: str | None = "softmax", *before: keras.layers.Layer
) -> keras.Model:
    """Build a model whose answers follow the picture's colours, with weights from a fixed seed."""
    picture = keras.Input(SIZE)
    values = picture
    for layer in before:
        values = layer(values)
    values = layers.Flatten()(layers.AveragePooling2D(8)(values))
    spread = keras.initializers.RandomNormal(stddev=0.02, seed=units)
    return keras.Model(
        picture, layers.Dense(units, activation, kernel_initializer=spread, name="scores")(values)
    )


class OwnLayer(layers.Layer):  # type: ignore[misc]  # Keras is not typed
    """A layer of a user's own, which no other process knows."""

    def call(self, values: tf.Tensor) -> tf.Tensor:
        """Double the values."""
        return values * 2.0


class Subclassed(keras.Model):  # type: ignore[misc]  # Keras is not typed
    """A model that says only in code what it takes."""

    def __init__(self) -> None:
        super().__init__()
        self.scores = layers.Dense(LABELS)

    def call(self, values: tf.Tensor) -> tf.Tensor:
        """Score the pixels."""
        return self.scores(tf.reshape(values, (-1, 16 * 24 * 3)))


def _two_inputs() -> keras.Model:
    first, second = keras.Input(SIZE), keras.Input(SIZE)
    return keras.Model([first, second], layers.Dense(3)(layers.Flatten()(first + second)))


def _two_outputs() -> keras.Model:
    model = classifier()
    return keras.Model(model.inputs, [model.outputs[0], model.outputs[0] * 2])


def _pooled(*shape: int | None) -> keras.Model:
    picture = keras.Input(shape)
    return keras.Model(picture, layers.Dense(3)(layers.GlobalAveragePooling2D()(picture)))


def _feature_map() -> keras.Model:
    picture = keras.Input(SIZE)
    return keras.Model(picture, layers.Conv2D(3, 3)(picture))


def _fourier() -> keras.Model:
    picture = keras.Input(SIZE)
    real, _ = keras.ops.fft2((picture, picture * 0.0))
    return keras.Model(picture, layers.Dense(3)(layers.Flatten()(real)))


def _constant_nan() -> keras.Model:
    model = classifier()
    model.get_layer("scores").bias.assign([float("nan")] * 3)
    return model


def _subclassed() -> keras.Model:
    model = Subclassed()
    model(np.zeros((1, *SIZE), "float32"))
    return model


MODELS: dict[str, Callable[[], keras.Model]] = {
    "tiny": classifier,
    "logits": lambda: classifier(3, None),
    "sigmoids": lambda: classifier(3, "sigmoid"),
    "single": lambda: classifier(1, "sigmoid"),
    "own-layer": lambda: classifier(3, None, OwnLayer()),
    "lambda": lambda: classifier(3, None, layers.Lambda(lambda values: values * 2.0)),
    "augmenting": lambda: classifier(3, "softmax", layers.RandomFlip(), layers.RandomContrast(0.5)),
    "two-inputs": _two_inputs,
    "two-outputs": _two_outputs,
    "any-size": lambda: _pooled(None, None, 3),
    "grey": lambda: _pooled(16, 24, 1),
    "channels-first": lambda: _pooled(3, 16, 24),
    "feature-map": _feature_map,
    "fourier": _fourier,
    "nan": _constant_nan,
    "subclassed": _subclassed,
}


def main(folder: Path) -> None:
    """Write every model into a folder."""
    for name, build in MODELS.items():
        model = build()
        model.save(folder / f"{name}.keras")
        if name == "tiny":
            model.save(folder / "tiny.h5")
            model.save_weights(folder / "weights.weights.h5")
            converter = tf.lite.TFLiteConverter.from_keras_model(model)
            (folder / "float.tflite").write_bytes(converter.convert())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
