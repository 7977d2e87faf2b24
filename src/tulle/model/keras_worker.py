"""Owns what needs TensorFlow: a child process that converts a Keras model and answers as Keras answers.

Run as `python -m tulle.model.keras_worker`; `tulle.model.source_child` talks to it. Requests are JSON lines on
stdin, answered in turn by JSON lines on stdout: any number of `{"step": text}` and `{"note": text}`, then one
`{"result": …}` or `{"error": {code, message, hint, detail}}`. What TensorFlow itself prints goes to stderr.
"""

from __future__ import annotations

import json
import math
import os
import re
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from tulle.errors import (
    ConversionFailed,
    MissingExtra,
    TulleError,
    UnreadablePicture,
    UnsupportedModel,
)
from tulle.model.keras_source import final_activation, input_size, load_source, output_count
from tulle.model.labels import check_count
from tulle.model.preprocessing import APPLICATIONS, Preprocessing
from tulle.model.quantisation import follow
from tulle.model.recipe import Recipe
from tulle.model.signature import Fit
from tulle.model.softmax import Softmax, decide_softmax

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["main"]

_TRIAL_PICTURES = 4
_OPERATIONS = re.compile(r"(?:Select|Custom) ops: (.+)")


def main() -> None:
    """Answer requests until stdin ends."""
    channel = _take_stdout()
    worker: KerasWorker | None = None

    def tell(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    for line in sys.stdin:
        try:
            worker = worker or KerasWorker(lambda kind, text: tell({kind: text}))
            tell({"result": worker.answer(json.loads(line))})
        except TulleError as exc:
            tell({"error": _as_data(exc)})
        except Exception as exc:  # noqa: BLE001 (a process of its own: whatever happens is told to its parent)
            tell({"error": _as_data(_unforeseen(exc))})


class KerasWorker:
    """TensorFlow, one Keras model, and what was decided about it."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        self._tell = tell
        tell("step", "Start TensorFlow")
        self._tf, self._keras, self._np = _import_tensorflow()
        self._outputs: Any = None
        self._softmax = Softmax(added=False, reason="")
        self._preprocess: Callable[[Any], Any] = lambda pixels: pixels
        self._load_options: dict[str, Any] = {}
        self._loads_pictures = True

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what a request asks for."""
        if request["do"] == "convert":
            return self._convert(request)
        self._tell("step", f"Run Keras on {len(request['pictures'])} pictures")
        return {"scores": self._score(self._pixels(request))}

    def _convert(self, request: dict[str, Any]) -> dict[str, Any]:
        source = Path(request["source"])
        self._tell("step", f"Load {source.name}")
        model = load_source(self._keras, source)
        tf = self._tf
        self._softmax = Softmax(added=False, reason="")
        self._outputs = tf.function(lambda x: tf.cast(model(x, training=False), tf.float32))
        height, width = input_size(model)
        check_count(tuple(request["labels"]), output_count(model))
        self._preprocess = _preprocessor(self._keras, Preprocessing(**request["preprocessing"]))
        self._load_options = {
            "target_size": (height, width),
            "interpolation": request["interpolation"],
            "keep_aspect_ratio": request["fit"] == Fit.CROP,
        }
        self._loads_pictures = request["fit"] != Fit.LETTERBOX
        trial = self._score(self._load_pictures(request["pictures"][:_TRIAL_PICTURES]))
        _require_numbers(trial)
        layer, activation = final_activation(model)
        self._softmax = decide_softmax(
            request["softmax"], layer=layer, activation=activation, outputs=trial
        )
        self._tell(
            "note", f"softmax {'' if self._softmax.added else 'not '}added: {self._softmax.reason}"
        )
        self._tell("step", "Convert to TF-Lite")
        Path(request["output"]).write_bytes(self._tflite(request, model))
        return {
            "width": width,
            "height": height,
            "softmax": {"added": self._softmax.added, "reason": self._softmax.reason},
        }

    def _tflite(self, request: dict[str, Any], keras_model: Any) -> bytes:
        tf, fold = self._tf, Preprocessing(**request["preprocessing"])

        def serve(pixels: Any) -> Any:
            values = tf.cast(pixels, tf.float32)
            if fold.bgr:
                values = values[..., ::-1]
            if any(fold.mean):
                values -= tf.constant(fold.mean, tf.float32)
            if set(fold.std) != {1}:
                values /= tf.constant(fold.std, tf.float32)
            return {"scores": self._probabilities(values)}

        # Keras 3's variables are not those that a tf.Module finds by itself: unlisted, they are not frozen.
        module = tf.Module()
        module.weights = [variable.value for variable in keras_model.variables]
        module.serve = tf.function(
            serve,
            input_signature=[
                tf.TensorSpec([1, *self._load_options["target_size"], 3], tf.uint8, name="pixels")
            ],
        )
        converter = tf.lite.TFLiteConverter.from_concrete_functions(
            [module.serve.get_concrete_function()], module
        )
        recipe = Recipe(request["recipe"])
        follow(recipe, tf, converter, lambda: self._samples(request["pictures"]))
        try:
            model: bytes = converter.convert()
        except Exception as exc:
            raise _untranslatable(exc) from exc
        return model

    def _probabilities(self, values: Any) -> Any:
        outputs = self._outputs(values)
        return self._tf.nn.softmax(outputs) if self._softmax.added else outputs

    def _score(self, pictures: Sequence[Any]) -> list[list[float]]:
        """Answer for pictures as Keras does: its own preprocessing, then its own model."""
        batches = (self._preprocess(picture[None].astype("float32")) for picture in pictures)
        return [self._probabilities(batch).numpy()[0].tolist() for batch in batches]

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


def _take_stdout() -> TextIO:
    """Keep stdout for answers: whatever else is printed, by C++ too, goes to stderr from now on."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return channel


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
        return _unforeseen(exc)
    return UnsupportedModel(
        f"the model computes with what TF-Lite has not: {operations[1]}",
        hint="replace the layers that do this by ones that TF-Lite knows "
        "(https://ai.google.dev/edge/litert/models/ops_compatibility)",
    )


def _unforeseen(exc: Exception) -> TulleError:
    return ConversionFailed(
        f"TensorFlow failed: {type(exc).__name__}",
        hint="see all that TensorFlow says with --verbose",
        detail="".join(traceback.format_exception(exc)[-3:]).strip()[-2000:],
    )


def _as_data(error: TulleError) -> dict[str, Any]:
    return {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "detail": error.detail,
    }


if __name__ == "__main__":
    main()
