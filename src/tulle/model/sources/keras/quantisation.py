"""Owns what a recipe means to TensorFlow's converter, inside the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tulle.model.flatbuffer.ends import ends
from tulle.model.flatbuffer.tree import read_tree
from tulle.model.recipe import Recipe
from tulle.model.sources.keras.bias_correction import correct_biases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["run_converter"]

_INPUT = "pixels"


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
    quantised = mlir_quantize(calibrated, denylisted_nodes=ends(read_tree(calibrated)))
    inputs = (picture[_INPUT] for picture in pictures())
    return correct_biases(calibrated, quantised, inputs)
