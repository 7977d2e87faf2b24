"""Make the small `.tflite` files that the tests convert: `python tools/make_tflite_sources.py FOLDER`.

They are kept in `tests/data/models/sources`. `teachable-machine` looks as that site's export does: pictures of
224 × 224 from -1 to 1, a softmax, and numbered labels. Weights are random, from a fixed seed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

HEIGHT, WIDTH = 16, 24


def small(
    channels: int = 3, activation: str | None = "softmax", units: int = 3, *first: layers.Layer
) -> keras.Model:
    """Build a classifier of small pictures whose answers follow the colours and their places."""
    return network((HEIGHT, WIDTH, channels), activation, units, *first)


def network(
    shape: tuple[int | None, ...], activation: str | None, units: int, *first: layers.Layer
) -> keras.Model:
    """Build a network of a MobileNet's layers."""
    picture = keras.Input(shape)
    values = picture
    for layer in first:
        values = layer(values)
    values = layers.Conv2D(8, 3, 2, "same", activation="relu6", **_seeded(1))(values)
    values = layers.DepthwiseConv2D(3, 2, "same", activation="relu6")(values)
    values = layers.Conv2D(16, 1, activation="relu6", **_seeded(2))(values)
    values = layers.GlobalAveragePooling2D()(values)
    return keras.Model(picture, layers.Dense(units, activation, **_seeded(3))(values))


def _seeded(seed: int) -> dict[str, Any]:
    return {"kernel_initializer": keras.initializers.RandomNormal(stddev=0.7, seed=seed)}


def convert(model: keras.Model, quantise: str | None = None, low: float = -1) -> bytes:
    """Convert as TensorFlow does; `quantise` names the type of an 8-bit model's ends."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if quantise:
        random = np.random.default_rng(0)
        samples = random.uniform(low, 1, (64, *model.input_shape[1:])).astype("float32")
        samples[0], samples[1] = low, 1
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([sample[None]] for sample in samples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.dtypes.as_dtype(quantise)
        converter.inference_output_type = tf.dtypes.as_dtype(quantise)
    content: bytes = converter.convert()
    return content


def dynamic(model: keras.Model) -> bytes:
    """Convert with weights of 8 bits, and floats in and out."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    content: bytes = converter.convert()
    return content


def flat() -> keras.Model:
    """Build a model of grey pictures without an axis for the channel, as tutorials on digits do."""
    picture = keras.Input((28, 28))
    values = layers.Dense(8, "relu", **_seeded(1))(layers.Flatten()(picture))
    return keras.Model(picture, layers.Dense(10, "softmax", **_seeded(2))(values))


def identity(*shape: int) -> keras.Model:
    """Build a model that gives what it takes, in one row."""
    picture = keras.Input(shape)
    return keras.Model(picture, layers.Flatten()(picture))


def channels_first() -> keras.Model:
    """Build a model that takes its channels first, as ones from PyTorch do."""
    picture = keras.Input((3, HEIGHT, WIDTH))
    return keras.Model(picture, small()(layers.Permute((2, 3, 1))(picture)))


def merged_rescaling() -> keras.Model:
    """Build a model whose rescaling the converter merges into its first convolution, where nothing shows it."""
    picture = keras.Input((HEIGHT, WIDTH, 3))
    values = layers.Conv2D(8, 3, 2, activation="relu", **_seeded(1))(
        layers.Rescaling(1 / 255)(picture)
    )
    values = layers.Conv2D(16, 3, 2, activation="relu", **_seeded(2))(values)
    balance = keras.initializers.Constant([0, -6, 0])  # else one category wins always
    scores = layers.Dense(
        3,
        "softmax",
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.07, seed=3),
        bias_initializer=balance,
    )
    return keras.Model(picture, scores(layers.Flatten()(values)))


def two_outputs() -> keras.Model:
    """Build a model with two outputs."""
    model = small()
    return keras.Model(model.inputs, [model.outputs[0], model.outputs[0] * 2])


def flex() -> bytes:
    """Convert a model that needs TensorFlow's own operations."""
    picture = keras.Input((HEIGHT, WIDTH, 3))
    real, _ = keras.ops.fft2((picture, picture * 0.0))
    model = keras.Model(picture, layers.Dense(3)(layers.GlobalAveragePooling2D()(real)))
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.TFLITE_BUILTINS,
        tf.lite.OpsSet.SELECT_TF_OPS,
    ]
    content: bytes = converter.convert()
    return content


def main(folder: Path) -> None:
    """Write every file."""
    teachable = folder / "teachable-machine"
    teachable.mkdir(parents=True, exist_ok=True)
    (teachable / "labels.txt").write_text("0 Rock\n1 Paper\n2 Scissors cut\n")
    network_224 = network((224, 224, 3), "softmax", 3)
    (teachable / "model_unquant.tflite").write_bytes(convert(network_224))
    (teachable / "model.tflite").write_bytes(convert(network_224, "uint8"))
    rescaling = layers.Rescaling(1 / 127.5, -1)
    made = {
        "grey": convert(small(1)),
        "grey-uint8": convert(small(1), "uint8", 0),
        "int8": convert(small(), "int8"),
        "channels-first": convert(channels_first()),
        "channels-first-int8": convert(channels_first(), "int8"),
        "rescaling": convert(small(3, "softmax", 3, rescaling)),
        "merged-rescaling": convert(merged_rescaling()),
        "logits": convert(small(3, None)),
        "sigmoid": convert(small(3, "sigmoid", 1)),
        "one-number": convert(small(3, None, 1)),
        "two-outputs": convert(two_outputs()),
        "flat": convert(flat()),
        "dynamic": dynamic(flat()),
        "identity": convert(identity(HEIGHT, WIDTH, 3)),
        "identity-grey": convert(identity(HEIGHT, WIDTH, 1)),
        "identity-channels-first": convert(identity(3, HEIGHT, WIDTH)),
        "any-size": convert(network((None, None, 3), "softmax", 3)),
        "flex": flex(),
    }
    for name, content in made.items():
        (folder / f"{name}.tflite").write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
