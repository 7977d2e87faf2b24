"""Make the small Keras models that the tests convert: `python tools/make_test_models.py FOLDER`.

Beside `tiny.keras` it makes `float.tflite`, a model as TensorFlow's converter leaves it: floats in, no labels.
That file is kept in `tests/data/models`, and with it `tiny.tflite`, made by

    tulle convert tiny.keras --labels circle,square,star --preprocessing none
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import h5py
import keras
import numpy as np
import tensorflow as tf
from google.protobuf import text_format
from keras import layers
from tensorflow.core.protobuf import saved_model_pb2

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


def _spread(*shape: int) -> keras.Model:
    picture = keras.Input(shape)
    return keras.Model(picture, layers.Dense(3, "softmax")(layers.Flatten()(picture / 255.0)))


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


class Exported(tf.Module):  # type: ignore[misc]  # TensorFlow is not typed
    """A classifier that can only be called: a SavedModel of it has no signature."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = tf.Variable(tf.random.stateless_normal((3, LABELS), (1, 2)), name="weights")

    @tf.function(input_signature=[tf.TensorSpec((None, *SIZE), tf.float32)])  # type: ignore[untyped-decorator]
    def __call__(self, pictures: tf.Tensor) -> tf.Tensor:
        """Score pictures by their mean colour."""
        return tf.nn.softmax(tf.reduce_mean(pictures, (1, 2)) @ self.weights / 50.0)


class Reading(Exported):
    """A classifier that reads a file whenever it is asked."""

    @tf.function(input_signature=[tf.TensorSpec((None, *SIZE), tf.float32)])  # type: ignore[untyped-decorator]
    def __call__(self, pictures: tf.Tensor) -> tf.Tensor:
        """Score pictures, and look into a file meanwhile."""
        read = tf.strings.length(tf.io.read_file("/etc/hostname"))
        return super().__call__(pictures) + tf.cast(read, tf.float32)


class OfBytes(Exported):
    """A classifier that takes pixels as they are, and scales them itself."""

    @tf.function(input_signature=[tf.TensorSpec((None, *SIZE), tf.uint8)])  # type: ignore[untyped-decorator]
    def __call__(self, pictures: tf.Tensor) -> tf.Tensor:
        """Score pictures of whole numbers."""
        return super().__call__(tf.cast(pictures, tf.float32))


class Hub(Exported):
    """A classifier as TensorFlow Hub has them: called with flags, traced for training and for inference."""

    @tf.function  # type: ignore[untyped-decorator]
    def __call__(
        self,
        pictures: tf.Tensor,
        training: bool = False,  # noqa: FBT001, FBT002 (as theirs)
        momentum: float = 0.9,
    ) -> tf.Tensor:
        """Score pictures, with dropout in training."""
        values = tf.nn.dropout(pictures, 0.5) if training else pictures
        return super().__call__(values) * (momentum + 0.1)


def _hub(folder: Path) -> None:
    model, picture = Hub(), tf.TensorSpec((None, *SIZE), tf.float32)
    for training in (True, False):
        model.__call__.get_concrete_function(picture, training=training, momentum=0.9)
    tf.saved_model.save(model, str(folder / "hub"))


def _signatures(folder: Path) -> None:
    """Write signatures other than that of one picture and one row of scores."""
    model = Exported()

    @tf.function(input_signature=[tf.TensorSpec((None, *SIZE), tf.float32)])  # type: ignore[untyped-decorator]
    def predict(pictures: tf.Tensor) -> dict[str, tf.Tensor]:
        scores = model(pictures)
        return {"classes": tf.argmax(scores, 1), "probabilities": scores}

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string)])  # type: ignore[untyped-decorator]
    def decode(files: tf.Tensor) -> dict[str, tf.Tensor]:
        pictures = tf.io.decode_raw(files, tf.uint8)
        return {"scores": model(tf.reshape(tf.cast(pictures, tf.float32), (-1, *SIZE)))}

    tf.saved_model.save(model, str(folder / "estimator"), {"serving_default": predict})
    tf.saved_model.save(model, str(folder / "encoded"), {"serving_default": decode})


def _as_text(folder: Path) -> None:
    """Write the graph as text, as TensorFlow may be asked to."""
    shutil.copytree(folder / "unsigned", folder / "as-text")
    binary = folder / "as-text/saved_model.pb"
    saved = saved_model_pb2.SavedModel.FromString(binary.read_bytes())
    binary.with_suffix(".pbtxt").write_text(text_format.MessageToString(saved))
    binary.unlink()


def _keras_2(folder: Path) -> None:
    """Save as Keras 2 did: its DepthwiseConv2D says what Keras 3 does not understand."""
    import tf_keras  # noqa: PLC0415 (slow)

    network = tf_keras.Sequential(
        [
            tf_keras.layers.Input(SIZE),
            tf_keras.layers.DepthwiseConv2D(3),
            tf_keras.layers.GlobalAveragePooling2D(),
            tf_keras.layers.Dense(
                LABELS, "softmax", kernel_initializer=tf_keras.initializers.HeNormal(1)
            ),
        ]
    )
    network.save(folder / "keras-2.h5")
    inner = tf_keras.Model(network.inputs, network.outputs)
    tf_keras.Sequential([inner]).save(
        folder / "keras-2-nested.h5"
    )  # as transfer learning is written
    picture = tf_keras.Input(SIZE)
    values = tf_keras.applications.mobilenet_v2.preprocess_input(picture)  # TensorFlow's functions
    tf_keras.Model(picture, network(values[..., ::-1])).save(folder / "keras-2-functions.h5")
    shutil.copy(folder / "keras-2-functions.h5", folder / "keras-2-reading.h5")
    with h5py.File(folder / "keras-2-reading.h5", "r+") as file:
        config = file.attrs["model_config"]
        file.attrs["model_config"] = config.replace('"math.truediv"', '"io.read_file"')
    network.save(folder / "keras-2-folder", save_format="tf")


def saved_models(folder: Path) -> None:
    """Write SavedModel folders, with and without a signature."""
    classifier(3, None).export(folder / "exported", verbose=False)
    tf.saved_model.save(Exported(), str(folder / "unsigned"))
    tf.saved_model.save(Reading(), str(folder / "reading"))
    tf.saved_model.save(OfBytes(), str(folder / "of-bytes"))
    _hub(folder)
    _signatures(folder)
    _as_text(folder)


MODELS: dict[str, Callable[[], keras.Model]] = {
    "tiny": classifier,
    "logits": lambda: classifier(3, None),
    "sigmoids": lambda: classifier(3, "sigmoid"),
    "single": lambda: classifier(1, "sigmoid"),
    "own-layer": lambda: classifier(3, None, OwnLayer()),
    "lambda": lambda: classifier(
        3, None, layers.Lambda(lambda values: values * 2.0, name="doubled")
    ),
    "augmenting": lambda: classifier(3, "softmax", layers.RandomFlip(), layers.RandomContrast(0.5)),
    "odd-names": lambda: classifier(3, "softmax", layers.Rescaling(1.0, name="skála 1")),
    "two-inputs": _two_inputs,
    "two-outputs": _two_outputs,
    "any-size": lambda: _pooled(None, None, 3),
    "grey": lambda: _spread(16, 24, 1),
    "channels-first": lambda: _spread(3, 16, 24),
    "flat": lambda: _spread(16, 24),
    "five-channels": lambda: _pooled(16, 24, 5),
    "one-number": lambda: classifier(1, None),
    "feature-map": _feature_map,
    "fourier": _fourier,
    "nan": _constant_nan,
    "subclassed": _subclassed,
}


def main(folder: Path) -> None:
    """Write every model into a folder."""
    saved_models(folder)
    _keras_2(folder)
    for name, build in MODELS.items():
        model = build()
        model.save(folder / f"{name}.keras")
        if name == "tiny":
            model.save(folder / "tiny.h5")
            MODELS["lambda"]().save(folder / "lambda.h5")
            model.save_weights(folder / "weights.weights.h5")
            converter = tf.lite.TFLiteConverter.from_keras_model(model)
            (folder / "float.tflite").write_bytes(converter.convert())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
