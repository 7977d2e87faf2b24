"""Owns the reading of a Keras model inside the worker: by Keras 3, else by Keras 2 where that is installed."""

from __future__ import annotations

import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

from tulle.errors import ModelError, NotAModel, UnsupportedModel
from tulle.model.sources.keras.loaded_model import LoadedModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

__all__ = ["load_keras"]

_CUSTOM = re.compile(
    r"(?:Could not locate (?:class|function)|Unknown (?:layer|object|[\w ]*function)):? '?([\w>.]+)"
)
# What Keras 2 made of TensorFlow's functions between layers, and those of them that only compute.
_FUNCTION_LAYERS = ("TFOpLambda", "SlicingOpLambda")
_COMPUTING = re.compile(
    r"(__operators__|image|linalg|math|nn|signal)\.\w+"
    r"|(broadcast_to|cast|clip_by_value|concat|convert_to_tensor|expand_dims|gather|identity|ones_like|pad|repeat"
    r"|reshape|reverse|split|squeeze|stack|strided_slice|tile|transpose|unstack|where|zeros_like)"
)
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.\\/>-]")
_SINGLE = "give the model one input, the picture, and one output, its scores, and save it again"


def load_keras(
    keras: Any, path: Path, allowed: Sequence[str], note: Callable[[str], None]
) -> LoadedModel:
    """Load a Keras model, and say what is wrong where Keras will not.

    Args:
        keras: Keras 3.
        path: a `.keras` or `.h5` file.
        allowed: names of Lambda layers whose code may run.
        note: is told where Keras 2 had to read the file.
    """
    lambdas = _find_code(path)
    _refuse_code(path, lambdas, allowed)
    try:
        model = keras.models.load_model(path, compile=False, safe_mode=not lambdas)
    except Exception as exc:
        refusal = _refusal(path, str(exc))
        if path.suffix == ".keras" or not _may_be_keras_2(path, str(exc), refusal):
            raise refusal from exc
        model = _load_by_keras_2(path, refusal, safe=not lambdas)
        note("read by Keras 2 (tf-keras): Keras 3 cannot")
    return _loaded(model)


def _loaded(model: Any) -> LoadedModel:
    inputs = getattr(model, "inputs", None)
    if not inputs:
        raise UnsupportedModel(
            "the model does not say what it takes: it is a subclass of Model, or was never built",
            hint="build it with keras.Sequential or keras.Model(inputs, outputs) with an input_shape, and save that",
        )
    if len(inputs) != 1:
        raise UnsupportedModel(f"the model has {len(inputs)} inputs", hint=_SINGLE)
    if len(model.outputs) != 1:
        raise UnsupportedModel(f"the model has {len(model.outputs)} outputs", hint=_SINGLE)
    layer, activation = _final_activation(model)
    _rename_layers(model)
    return LoadedModel(
        call=lambda values: model(values, training=False),
        input_shape=tuple(inputs[0].shape),
        output_shape=tuple(model.outputs[0].shape),
        layer=layer,
        activation=activation,
        # Keras 3 wraps TensorFlow's variables in its own; Keras 2 does not.
        keeps=[one if callable(one.value) else one.value for one in model.variables],
    )


def _rename_layers(model: Any) -> None:
    """Give layers names that a graph of TensorFlow's takes; Keras on PyTorch or JAX takes any."""
    for layer in model._flatten_layers():  # noqa: SLF001 (there is no other way to those inside others)
        if (name := _NOT_IN_NAMES.sub(".", layer.name)) != layer.name:
            layer.name = name


def _final_activation(model: Any) -> tuple[str, str | None]:
    """Name the layer that a model ends in, and its activation where it has one."""
    layer = model
    while getattr(layer, "layers", None):
        layer = layer.layers[-1]
    if type(layer).__name__ == "Softmax":
        return layer.name, "softmax"
    activation = getattr(layer, "activation", None)
    return layer.name, getattr(activation, "__name__", None)


def _find_code(path: Path) -> list[str]:
    """Name the layers in a file that hold code, or call what does more than compute, without running any of it."""
    try:
        config = json.loads(_config(path))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return []  # Keras says what is wrong with such a file, and runs nothing meanwhile
    return sorted(set(_code(config)))


def _config(path: Path) -> str | bytes:
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            return archive.read("config.json")
    import h5py  # noqa: PLC0415 (comes with TensorFlow)

    with h5py.File(path) as file:
        config: str | bytes = file.attrs["model_config"]
        return config


def _code(config: Any) -> Iterator[str]:
    if isinstance(config, list):
        for item in config:
            yield from _code(item)
    elif isinstance(config, dict):
        kind, inner = config.get("class_name"), config.get("config")
        settings = inner if isinstance(inner, dict) else {}
        if kind == "Lambda" or (
            kind in _FUNCTION_LAYERS and not _COMPUTING.fullmatch(str(settings.get("function")))
        ):
            yield str(settings.get("name", kind))
        for item in config.values():
            yield from _code(item)


def _refuse_code(path: Path, lambdas: Sequence[str], allowed: Sequence[str]) -> None:
    refused = [name for name in lambdas if name not in allowed]
    if refused:
        raise UnsupportedModel(
            f"{path.name} holds code in a layer, {refused[0]!r}, which is not run from a model's file",
            hint="replace it by one of Keras's own layers (Rescaling, Normalization, …) and save it again; "
            f"if you trust whoever made the file: --allow-code {refused[0]}",
        )


def _load_by_keras_2(path: Path, refusal: ModelError, *, safe: bool) -> Any:
    try:
        import tf_keras  # noqa: PLC0415 (of the extra)
    except ImportError:
        raise NotAModel(
            refusal.message,
            hint='if Keras 2 saved it, install that: pip install "tulle[keras]"; else check that the file is whole',
            detail=refusal.detail,
        ) from None
    try:
        return tf_keras.models.load_model(path, compile=False, safe_mode=safe)
    except Exception as exc:
        raise _refusal(path, str(exc)) from exc


def _may_be_keras_2(path: Path, text: str, refusal: ModelError) -> bool:
    if "Unable to synchronously open" in text or "holds weights" in refusal.message:
        return False
    # Of tf-keras's own classes, such as a model inside a model, Keras 3 says that they are the user's.
    return isinstance(refusal, NotAModel) or _saved_by_keras_2(path)


def _saved_by_keras_2(path: Path) -> bool:
    import h5py  # noqa: PLC0415 (comes with TensorFlow)

    with h5py.File(path) as file:
        return str(file.attrs.get("keras_version", "")).startswith("2.")


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
            f"{path.name} holds Python code, which is not run from a model's file",
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
