"""Owns the reading of a SavedModel folder inside the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tulle.errors import NotAModel, UnsupportedModel
from tulle.model.sources.keras.loaded_model import LoadedModel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tulle.model.sources.keras.loaded_model import Shape

__all__ = ["load_saved_model"]

_SERVING = "serving_default"
_EXPORT = (
    "export it again with model.export(folder), or save it as one file: model.save('model.keras')"
)
_SINGLE = "give the model one input, the picture, and one output, its scores, and export it again"
_ACTIVATIONS = {"Softmax": "softmax", "Sigmoid": "sigmoid"}
# Operations that do more than compute: a graph is a program.
_REACHING = {"EagerPyFunc", "PyFunc", "PyFuncStateless", "ReadFile", "WriteFile"}


def load_saved_model(tf: Any, path: Path, allowed: Sequence[str]) -> LoadedModel:
    """Load a SavedModel, by its serving signature or by the function that it can be called by.

    Args:
        tf: TensorFlow.
        path: the folder.
        allowed: names of operations that may do more than compute.
    """
    try:
        _refuse_code(path, allowed)
        saved = tf.saved_model.load(str(path))
    except UnsupportedModel:
        raise
    except Exception as exc:
        raise NotAModel(
            f"TensorFlow cannot read the SavedModel in {path.name}",
            hint=f"copy all of the folder again, with its variables, or {_EXPORT}",
            detail=str(exc)[:1000],
        ) from exc
    function = _function(saved, path)
    return _loaded(function, _frozen(function), keeps=saved)


def _loaded(function: Any, graph: Any, *, keeps: Any) -> LoadedModel:
    inputs = [one for one in graph.inputs if one.dtype.name != "resource"]
    for ends, many in ((inputs, "inputs"), (graph.outputs, "outputs")):
        if len(ends) != 1:
            names = _names(function, many) or [one.op.name for one in ends]
            raise UnsupportedModel(
                f"the model has {len(ends)} {many}: {', '.join(names)}", hint=_SINGLE
            )
    if inputs[0].dtype.name == "string":
        raise UnsupportedModel(
            "the model takes the bytes of encoded pictures, not their pixels",
            hint="export it with a function that takes tf.TensorSpec([None, height, width, 3], tf.float32)",
        )
    last = graph.outputs[0].op
    while last.type in {"Identity", "NoOp"} and last.inputs:
        last = last.inputs[0].op
    return LoadedModel(
        call=lambda values: _first(graph(_cast(values, inputs[0]))),
        input_shape=_shape(inputs[0]),
        output_shape=_shape(graph.outputs[0]),
        layer=last.type,
        activation=_ACTIVATIONS.get(last.type),
        keeps=(keeps, function, graph),
        takes_bytes=inputs[0].dtype.is_integer,
    )


def _names(function: Any, many: str) -> list[str]:
    """Name what a signature takes or gives, where it gives a dictionary of it."""
    if many == "inputs":
        return sorted(function.structured_input_signature[1])
    outputs = function.structured_outputs
    return sorted(outputs) if isinstance(outputs, dict) else []


def _function(saved: Any, path: Path) -> Any:
    """Find the function that serves, or the only one that takes a picture."""
    signatures = dict(saved.signatures)
    if _SERVING in signatures:
        return signatures[_SERVING]
    if len(signatures) == 1:
        return next(iter(signatures.values()))
    found = [one for one in _functions(saved) if _takes_a_picture(one)]
    if not found:
        raise UnsupportedModel(
            f"the SavedModel in {path.name} has no signature, and no function that takes a picture",
            hint=_EXPORT,
        )
    return found[0]


def _functions(saved: Any) -> Iterator[Any]:
    """Go over the concrete functions of an object: what it is called by first, in inference before training."""
    for name in ("__call__", "serve", "call", *sorted(vars(saved))):
        function = getattr(saved, name, None)
        yield from reversed(getattr(function, "concrete_functions", []))


def _takes_a_picture(function: Any) -> bool:
    arguments, _ = function.structured_input_signature
    tensors = [one for one in arguments if hasattr(one, "shape")]
    flags = [one for one in arguments if not hasattr(one, "shape")]
    return len(tensors) == 1 and len(tensors[0].shape or ()) == 4 and True not in flags


def _frozen(function: Any) -> Any:
    from tensorflow.python.framework.convert_to_constants import (  # noqa: PLC0415
        convert_variables_to_constants_v2,
    )

    return convert_variables_to_constants_v2(function)


def _refuse_code(path: Path, allowed: Sequence[str]) -> None:
    """Look through all graphs before any of them is loaded: loading runs what initialises them."""
    saved = _read(path)
    operations = set()
    for graph in (meta.graph_def for meta in saved.meta_graphs):
        operations |= {node.op for node in graph.node}
        operations |= {node.op for one in graph.library.function for node in one.node_def}
    found = sorted(operations & _REACHING - set(allowed))
    if found:
        raise UnsupportedModel(
            f"the SavedModel does more than compute: {', '.join(found)}",
            hint="leave that out of what is exported; if you trust whoever made it: "
            + " ".join(f"--allow-code {name}" for name in found),
        )


def _read(path: Path) -> Any:
    """Read the graphs, which may be written as text."""
    from google.protobuf import text_format  # noqa: PLC0415 (comes with TensorFlow)
    from tensorflow.core.protobuf import saved_model_pb2  # noqa: PLC0415

    binary = path / "saved_model.pb"
    if binary.is_file():
        return saved_model_pb2.SavedModel.FromString(binary.read_bytes())
    text = binary.with_suffix(".pbtxt").read_text(encoding="utf-8")
    return text_format.Parse(text, saved_model_pb2.SavedModel())


def _cast(values: Any, tensor: Any) -> Any:
    import tensorflow as tf  # noqa: PLC0415

    return tf.cast(values, tensor.dtype)


def _first(outputs: Any) -> Any:
    while isinstance(outputs, (list, tuple, dict)):
        outputs = next(iter(outputs.values() if isinstance(outputs, dict) else outputs))
    return outputs


def _shape(tensor: Any) -> Shape:
    return tuple(tensor.shape.as_list()) if tensor.shape.rank is not None else ()
