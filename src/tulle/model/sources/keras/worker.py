"""Owns what needs TensorFlow: a child process that converts Keras models and SavedModels, and answers as they do.

Run as `python -m tulle.model.sources.keras.worker`; `tulle.model.sources.child` talks to it.
"""

from __future__ import annotations

import math
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tulle.errors import MissingExtra, TulleError, UnreadablePicture, UnsupportedModel
from tulle.model.labels import check_source_count
from tulle.model.recipe import Recipe
from tulle.model.signature import Fit, PictureInput
from tulle.model.sources.keras.files import load_keras
from tulle.model.sources.keras.loaded_model import LoadedModel, picture_of, scores_of
from tulle.model.sources.keras.quantisation import run_converter
from tulle.model.sources.keras.saved_model import load_saved_model
from tulle.model.sources.preprocessing import APPLICATIONS, LUMA, Preprocessing
from tulle.model.sources.softmax import Ending, Softmax, decide_ending, decide_softmax
from tulle.model.sources.worker import serve, unforeseen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["KerasWorker", "main"]

_TRIAL_PICTURES = 4
_OPERATIONS = re.compile(r"(?:Select|Custom) ops: (.+)")


def main() -> None:
    """Answer requests until stdin ends."""
    serve(KerasWorker)


class KerasWorker:
    """TensorFlow, one model, and what was decided about it."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        self._tell = tell
        tell("step", "Start TensorFlow")
        self._tf, self._keras, self._np = _import_tensorflow()
        self._outputs: Any = None
        self._picture: PictureInput
        self._flat = False
        self._ending = Ending()
        self._preprocess: Callable[[Any], Any] = lambda pixels: pixels
        self._load_options: dict[str, Any] = {}
        self._loads_pictures = True

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what a request asks for."""
        if request["do"] == "convert":
            return self._convert(request)
        self._tell("step", f"Run the original on {len(request['pictures'])} pictures")
        return {"scores": self._score(self._pixels(request))}

    def _convert(self, request: dict[str, Any]) -> dict[str, Any]:
        model = self._load(request)
        preprocessing = Preprocessing(**request["preprocessing"])
        mean, std = preprocessing.of(self._picture.channels)
        if model.takes_bytes and (any(mean) or set(std) != {1}):
            raise UnsupportedModel(
                f"the model takes whole numbers, of which {preprocessing.name} would leave nothing",
                hint="it scales them itself: give --preprocessing none, or leave it out",
            )
        self._preprocess = _preprocessor(self._keras, preprocessing)
        self._load_options = {
            "target_size": (self._picture.height, self._picture.width),
            "interpolation": request["interpolation"],
            "keep_aspect_ratio": request["fit"] == Fit.CROP,
        }
        # Keras does not letterbox, and makes a picture grey before it resizes it: then it is given the pixels.
        self._loads_pictures = request["fit"] != Fit.LETTERBOX and self._picture.channels == 3
        trial = self._score(self._load_pictures(request["pictures"][:_TRIAL_PICTURES]))
        softmax = self._decide(model, request, trial)
        self._tell("step", "Convert to TF-Lite")
        content = self._tflite(model, preprocessing, request)
        Path(request["output"]).write_bytes(content)
        return {
            "width": self._picture.width,
            "height": self._picture.height,
            "softmax": {"added": softmax.added, "reason": softmax.reason},
        }

    def _load(self, request: dict[str, Any]) -> LoadedModel:
        source, allowed, tf = Path(request["source"]), request["allowed_code"], self._tf
        self._tell("step", f"Load {source.name}")
        if source.is_dir():
            model = load_saved_model(tf, source, allowed)
        else:
            model = load_keras(self._keras, source, allowed, lambda text: self._tell("note", text))
        self._picture = picture_of(model.input_shape)
        self._flat = len(model.input_shape) == 3  # grey, without an axis for the channel
        check_source_count(tuple(request["labels"]), scores_of(model.output_shape))
        self._ending = Ending()
        self._outputs = tf.function(lambda values: tf.cast(model.call(values), tf.float32))
        return model

    def _decide(
        self, model: LoadedModel, request: dict[str, Any], trial: list[list[float]]
    ) -> Softmax:
        _require_numbers(trial)
        softmax = decide_softmax(
            request["softmax"], layer=model.layer, activation=model.activation, outputs=trial
        )
        self._ending = decide_ending(
            softmax, labels=len(request["labels"]), activation=model.activation, outputs=trial
        )
        self._tell("note", f"softmax {'' if softmax.added else 'not '}added: {softmax.reason}")
        return softmax

    def _tflite(
        self, loaded: LoadedModel, preprocessing: Preprocessing, request: dict[str, Any]
    ) -> bytes:
        tf = self._tf
        module = tf.Module()
        # Keras 3's variables are not those that a tf.Module finds by itself: unlisted, they are not frozen.
        module.keeps = loaded.keeps
        module.serve = tf.function(
            lambda pixels: {"scores": self._scores(self._fold(pixels, preprocessing))},
            input_signature=[
                tf.TensorSpec([1, *self._load_options["target_size"], 3], tf.uint8, name="pixels")
            ],
        )
        converter = tf.lite.TFLiteConverter.from_concrete_functions(
            [module.serve.get_concrete_function()], module
        )
        recipe = Recipe(request["recipe"])
        try:
            model = run_converter(recipe, tf, converter, lambda: self._samples(request["pictures"]))
        except Exception as exc:
            raise _untranslatable(exc) from exc
        return model

    def _fold(self, pixels: Any, preprocessing: Preprocessing) -> Any:
        """Make of pixels what the model takes, in the graph."""
        tf, channels = self._tf, self._picture.channels
        mean, std = preprocessing.of(channels)
        values = tf.cast(pixels, tf.float32)
        if channels == 1:
            weights = tf.constant([part / 65536 for part in LUMA], tf.float32, [1, 1, 3, 1])
            values = tf.floor(tf.nn.conv2d(values, weights, 1, "SAME") + 0.5)
        elif preprocessing.bgr:
            values = values[..., ::-1]
        if any(mean):
            values -= tf.constant(mean, tf.float32)
        if set(std) != {1}:
            values /= tf.constant(std, tf.float32)
        if self._picture.channels_first:
            return tf.transpose(values, [0, 3, 1, 2])
        return values[..., 0] if self._flat else values

    def _scores(self, values: Any) -> Any:
        tf, scores = self._tf, self._outputs(values)
        if self._ending.softmax:
            scores = tf.nn.softmax(scores)
        if self._ending.sigmoid:
            scores = tf.sigmoid(scores)
        return tf.concat([1 - scores, scores], 1) if self._ending.both else scores

    def _score(self, pictures: Sequence[Any]) -> list[list[float]]:
        """Answer for pictures as the original does: its own preprocessing, then its own model."""
        batches = (self._prepare(picture)[None].astype("float32") for picture in pictures)
        return [self._scores(batch).numpy()[0].tolist() for batch in batches]

    def _prepare(self, picture: Any) -> Any:
        if self._picture.channels == 1:
            grey = self._keras.utils.array_to_img(picture, scale=False).convert("L")
            picture = self._keras.utils.img_to_array(grey)
        values = self._preprocess(picture.astype("float32"))[..., : self._picture.channels]
        if self._picture.channels_first:
            return values.transpose(2, 0, 1)
        return values[..., 0] if self._flat else values

    def _pixels(self, request: dict[str, Any]) -> list[Any]:
        if self._loads_pictures:
            return self._load_pictures(request["pictures"])
        height, width = self._load_options["target_size"]
        stored = self._np.frombuffer(Path(request["pixels"]).read_bytes(), "uint8")
        return list(stored.reshape(-1, height, width, 3))

    def _samples(self, paths: list[str]) -> Iterator[dict[str, Any]]:
        """Give the converted model's inputs for pictures, one after the other."""
        for path in paths:
            yield {"pixels": self._load_picture(path)[None].astype("uint8")}

    def _load_pictures(self, paths: list[str]) -> list[Any]:
        return [self._load_picture(path) for path in paths]

    def _load_picture(self, path: str) -> Any:
        utils = self._keras.utils
        try:
            return utils.img_to_array(utils.load_img(path, **self._load_options))
        except (OSError, SyntaxError) as exc:  # as Pillow's decoders raise
            raise UnreadablePicture(
                f"{path} cannot be compared on: {exc}", hint="take it out of the folder"
            ) from exc


def _import_tensorflow() -> tuple[Any, Any, Any]:
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["CUDA_VISIBLE_DEVICES"] = (
        "-1"  # models are compared as they will run: on a processor
    )
    try:
        import keras  # noqa: PLC0415 (comes with TensorFlow)
        import numpy as np  # noqa: PLC0415
        import tensorflow  # noqa: ICN001, PLC0415 (the one place that may)
    except ImportError as exc:
        raise _missing_extra(exc, sys.version_info[:2]) from exc
    return tensorflow, keras, np


def _missing_extra(exc: ImportError, python: tuple[int, int]) -> MissingExtra:
    install = 'install it: pip install "tulle[keras]"'
    if python >= (3, 14):
        install = (
            "TensorFlow has no stable release for Python "
            f"{python[0]}.{python[1]} yet: convert with Python 3.11 to 3.13, "
            'there pip install "tulle[keras]"; the .tflite file then serves under any'
        )
    return MissingExtra(
        f"TensorFlow, which reads Keras models, cannot be imported: {exc}", hint=install
    )


def _preprocessor(keras: Any, preprocessing: Preprocessing) -> Callable[[Any], Any]:
    """Find Keras's own preprocessing, or do what was asked for."""
    if preprocessing.name in APPLICATIONS:
        preprocess: Callable[[Any], Any]
        preprocess = getattr(keras.applications, preprocessing.name).preprocess_input
        return preprocess
    step = -1 if preprocessing.bgr else 1
    return lambda pixels: (pixels[..., ::step] - preprocessing.mean) / preprocessing.std


def _require_numbers(scores: list[list[float]]) -> None:
    if not all(math.isfinite(score) for row in scores for score in row):
        raise UnsupportedModel(
            "the model's outputs are not numbers (NaN or infinite)",
            hint="its training went astray: look at its loss, and train it again",
        )


def _untranslatable(exc: Exception) -> TulleError:
    operations = _OPERATIONS.search(str(exc))
    if operations is None:
        return unforeseen(exc, "TensorFlow")
    return UnsupportedModel(
        f"the model computes with what TF-Lite has not: {operations[1]}",
        hint="replace the layers that do this by ones that TF-Lite knows "
        "(https://ai.google.dev/edge/litert/models/ops_compatibility)",
    )


if __name__ == "__main__":
    main()
