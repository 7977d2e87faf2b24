"""Owns the reading of a Keras model inside the worker, and the refusal of what cannot be served."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tulle.errors import ModelError, NotAModel, UnsupportedModel

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["final_activation", "input_size", "load_source", "output_count"]

_CUSTOM = re.compile(
    r"(?:Could not locate (?:class|function)|Unknown (?:layer|object|[\w ]*function)):? '?([\w>.]+)"
)
_SINGLE = "give the model one input, the picture, and one output, its scores, and save it again"


def load_source(keras: Any, path: Path) -> Any:
    """Load a Keras model, and say what is wrong where Keras will not."""
    try:
        return keras.models.load_model(path, compile=False)
    except Exception as exc:
        raise _refusal(path, str(exc)) from exc


def input_size(model: Any) -> tuple[int, int]:
    """Find the height and width of the pictures that a model takes."""
    inputs = getattr(model, "inputs", None)
    if not inputs:
        raise UnsupportedModel(
            "the model does not say what it takes: it is a subclass of Model, or was never built",
            hint="build it with keras.Sequential or keras.Model(inputs, outputs) with an input_shape, and save that",
        )
    if len(inputs) != 1:
        raise UnsupportedModel(f"the model has {len(inputs)} inputs", hint=_SINGLE)
    match tuple(inputs[0].shape):
        case (_, int(height), int(width), 3):
            return height, width
        case (_, None, _, 3) | (_, _, None, 3):
            raise UnsupportedModel(
                f"the model takes pictures of any size: its input is {_shape(inputs[0])}",
                hint="build it again with input_shape=(height, width, 3) as it was trained, "
                "take over its weights (new.set_weights(old.get_weights())), and save that",
            )
        case (_, 3, _, _):
            raise UnsupportedModel(
                f"the model takes its channels first: its input is {_shape(inputs[0])}",
                hint="build it with data_format='channels_last' and input_shape=(height, width, 3)",
            )
    raise UnsupportedModel(
        f"the model does not take RGB pictures: its input is {_shape(inputs[0])}",
        hint="only models of colour pictures, (height, width, 3), are served; "
        "put a layer in front that makes of one what the model needs",
    )


def output_count(model: Any) -> int:
    """Find how many scores a model gives."""
    if len(model.outputs) != 1:
        raise UnsupportedModel(f"the model has {len(model.outputs)} outputs", hint=_SINGLE)
    match tuple(model.outputs[0].shape):
        case (_, int(count)):
            return count
    raise UnsupportedModel(
        f"the model does not give one row of scores: its output is {_shape(model.outputs[0])}",
        hint="end it with a Dense layer of one unit a category (after GlobalAveragePooling2D or Flatten)",
    )


def final_activation(model: Any) -> tuple[str, str | None]:
    """Name the layer that a model ends in, and its activation where it has one."""
    layer = model
    while getattr(layer, "layers", None):
        layer = layer.layers[-1]
    if type(layer).__name__ == "Softmax":
        return layer.name, "softmax"
    activation = getattr(layer, "activation", None)
    return layer.name, getattr(activation, "__name__", None)


def _shape(tensor: Any) -> str:
    sizes = ("any" if size is None else str(size) for size in tensor.shape[1:])
    return f"({', '.join(sizes)})"


def _refusal(path: Path, text: str) -> ModelError:
    detail = "\n".join(line for line in text.splitlines() if line.strip())[:1000]
    custom = _CUSTOM.search(text)
    if custom:
        return UnsupportedModel(
            f"{path.name} needs {custom[1]!r}, which is code of your own and not in the file",
            hint="rebuild the model from Keras's own layers, take over its weights, and save it again",
        )
    if "ambda" in text and "unsafe" in text:
        return UnsupportedModel(
            f"{path.name} holds a Lambda layer: Python code, which is not run from a model's file",
            hint="replace it by one of Keras's own layers (Rescaling, Normalization, …) and save it again",
        )
    if "No model config" in text or "No model found in config" in text:
        return NotAModel(
            f"{path.name} holds weights, not a whole model",
            hint="load the weights into the model, and save all of it: model.save('model.keras')",
        )
    return NotAModel(
        f"Keras cannot read {path.name}",
        hint="check that the file is whole, and was saved by model.save('model.keras') of Keras 3 or tf.keras",
        detail=detail,
    )
