"""Owns the storing of other people's `.tflite` files in 8 bits, by LiteRT's own quantizer."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from tulle.errors import MissingExtra, UnsupportedModel
from tulle.model.flatbuffer.ends import ends
from tulle.model.flatbuffer.tree import kind, read_tree, values, write_tree
from tulle.model.recipe import Recipe
from tulle.model.sources.keras.bias_correction import correct_biases

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["quantise", "require_quantizer"]

_INPUT = "pixels"
_SIGNATURE = "serving_default"
_RUNTIME = b"min_runtime_version"


def require_quantizer() -> None:
    """Refuse to begin where the quantizer is not installed."""
    try:
        import litert_quantizer  # noqa: F401, PLC0415 (of the extra)
    except ImportError as exc:
        raise MissingExtra(
            f"LiteRT's quantizer, which makes 8 bits of a .tflite file, cannot be imported: {exc}",
            hint='install it: pip install "tulle[quantizer]"; or take --recipe float16, which needs nothing',
        ) from exc


def quantise(model: bytes, recipe: Recipe, pictures: Sequence[Any]) -> bytes:
    """Store a model's weights in 8 bits.

    `dynamic` leaves depthwise convolutions in floats: LiteRT has no fast code for them there, and they are few
    weights. `int8` leaves the ends in floats, and corrects the biases.

    Args:
        model: a float model that takes `pixels`.
        recipe: `dynamic` or `int8`.
        pictures: pixels to find the ranges on, for `int8`.

    Raises:
        UnsupportedModel: the quantizer cannot do it.
    """
    tree = read_tree(model)
    _widen(tree)
    _name_apart(tree)
    for (
        code
    ) in tree.operatorCodes:  # old files have only the field that the quantizer does not read
        code.builtinCode = max(code.builtinCode, code.deprecatedBuiltinCode)
    tree.metadata = [each for each in tree.metadata or [] if each.name != _RUNTIME]  # no longer so
    left = ends(tree) if recipe is Recipe.INT8 else []
    whole = write_tree(tree)
    try:
        quantised = _quantise(whole, left, recipe, pictures)
    except Exception as exc:
        raise UnsupportedModel(
            f"LiteRT's quantizer cannot make {recipe} of this model: {type(exc).__name__}: {exc}",
            hint="take --recipe float16, or convert the Keras model that it was made from",
        ) from exc
    if recipe is Recipe.INT8:
        return correct_biases(whole, quantised, iter(pictures))
    return quantised


def _quantise(model: bytes, left: Sequence[str], recipe: Recipe, pictures: Sequence[Any]) -> bytes:
    from litert_quantizer import quantizer  # noqa: PLC0415 (heavy, of the extra)
    from litert_quantizer import recipe as recipes  # noqa: PLC0415

    work = quantizer.Quantizer(bytearray(model))
    if recipe is Recipe.DYNAMIC:
        work.load_quantization_recipe(recipes.dynamic_wi8_afp32())
        _leave(work, ".*", recipes.TFLOperationName.DEPTHWISE_CONV_2D)
        ranges = None
    else:
        work.load_quantization_recipe(recipes.static_wi8_ai8())
        scopes = "|".join(map(re.escape, left))
        _leave(work, f"^(?:{scopes});?$", recipes.TFLOperationName.ALL_SUPPORTED)
        samples = [{_INPUT: picture} for picture in pictures]
        ranges = work.calibrate({_SIGNATURE: samples}, num_threads=os.cpu_count() or 1)
    result = work.quantize(ranges, enable_progress_bar=False, enable_progress_report=False)
    return write_tree(read_tree(bytes(result.quantized_model)))  # its own weights are not aligned


def _leave(work: Any, scope: str, operations: Any) -> None:
    from litert_quantizer import recipe as recipes  # noqa: PLC0415

    none = recipes.AlgorithmName.NO_QUANTIZE
    work.update_quantization_recipe(scope, operations, algorithm_key=none)


def _widen(tree: Any) -> None:
    """Make 32-bit floats of weights that are stored in 16."""
    from ai_edge_litert import schema_py_generated as schema  # noqa: PLC0415 (loads numpy)

    graph, narrow = tree.subgraphs[0], []
    for operator in list(graph.operators):
        if kind(tree, operator) != schema.BuiltinOperator.DEQUANTIZE:
            continue
        source, target = (graph.tensors[end[0]] for end in (operator.inputs, operator.outputs))
        stored = values(tree, source, "<f2") if source.type == schema.TensorType.FLOAT16 else None
        if stored is not None:
            target.buffer = len(tree.buffers)
            tree.buffers.append(_buffer(schema, stored.astype("<f4")))
            graph.operators.remove(operator)
            narrow.append(source)
    for tensor in narrow:  # of no more use, but the quantizer wants to read something in each
        tree.buffers[tensor.buffer].data = tree.buffers[tensor.buffer].data[:2]
        tensor.shape, tensor.shapeSignature = [1], None


def _buffer(schema: Any, content: Any) -> Any:
    buffer = schema.BufferT()
    buffer.data = content.view("u1")
    return buffer


def _name_apart(tree: Any) -> None:
    """Give each tensor a name of its own: the quantizer goes by names."""
    seen: set[bytes] = set()
    for graph in tree.subgraphs:
        for index, tensor in enumerate(graph.tensors):
            if not tensor.name or tensor.name in seen:
                tensor.name = b"%s/tulle_%d" % (tensor.name or b"", index)
            seen.add(tensor.name)
