"""Owns what a recipe means to TensorFlow's converter, inside the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tulle.model.flatbuffer.tree import kind, read_tree, values
from tulle.model.recipe import Recipe
from tulle.model.sources.keras.bias_correction import correct_biases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["run_converter"]

_INPUT = "pixels"
_SMALL_LAYER = 0.02  # of all weights


def run_converter(
    recipe: Recipe, tf: Any, converter: Any, pictures: Callable[[], Iterable[dict[str, Any]]]
) -> bytes:
    """Convert to TF-Lite by a recipe.

    It computes in 8 bits; 16-bit floats are put into what it makes (`tulle.model.float16`).

    Args:
        recipe: what to do with the weights.
        tf: TensorFlow.
        converter: a `TFLiteConverter` of a model whose one input is called `pixels`.
        pictures: give the model's inputs for pictures, to find the ranges of what it computes.
    """
    if recipe in {Recipe.DYNAMIC, Recipe.INT8}:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if recipe is Recipe.INT8:
        return _in_8_bits(converter, pictures)
    model: bytes = converter.convert()
    return model


def _in_8_bits(converter: Any, pictures: Callable[[], Iterable[dict[str, Any]]]) -> bytes:
    """Find the ranges on pictures, leave the ends of the model in floats, and correct the biases.

    `TFLiteConverter.convert` does the first two steps at once, and takes no list of what to leave.
    """
    from tensorflow.lite.python.convert import mlir_quantize  # noqa: PLC0415

    converter.representative_dataset = pictures
    converter._experimental_calibrate_only = True  # noqa: SLF001 (there is no public way)
    calibrated = converter.convert()
    quantised = mlir_quantize(calibrated, denylisted_nodes=_ends(calibrated))
    inputs = (picture[_INPUT] for picture in pictures())
    return correct_biases(calibrated, quantised, inputs)


def _ends(model: bytes) -> list[str]:
    """Name the nodes before the first layer with weights, and those from the last on.

    Preprocessing, the last scores and their softmax are little work, and 8 bits are coarse for them. A last layer
    that holds much of the model is not among them.
    """
    tree = read_tree(model)
    graph = tree.subgraphs[0]
    operators = graph.operators
    sizes = [_weights_size(tree, operator) for operator in operators]
    weighted = [place for place, size in enumerate(sizes) if size]
    if not weighted:
        return []
    first, last = weighted[0], weighted[-1]
    end = last if sizes[last] <= _SMALL_LAYER * sum(sizes) else last + 1
    left = [*operators[:first], *operators[end:]]
    return [graph.tensors[operator.outputs[0]].name.decode() for operator in left]


def _weights_size(tree: Any, operator: Any) -> int:
    from ai_edge_litert import schema_py_generated as schema  # noqa: PLC0415 (loads numpy)

    kinds = schema.BuiltinOperator
    if kind(tree, operator) not in {kinds.CONV_2D, kinds.DEPTHWISE_CONV_2D, kinds.FULLY_CONNECTED}:
        return 0
    weights = values(tree, tree.subgraphs[0].tensors[operator.inputs[1]], "u1")
    return 0 if weights is None else len(weights)
