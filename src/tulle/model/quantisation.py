"""Owns what a recipe means to TensorFlow's converter, inside the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tulle.model.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["follow"]


def follow(
    recipe: Recipe, tf: Any, converter: Any, pictures: Callable[[], Iterable[dict[str, Any]]]
) -> None:
    """Set a `TFLiteConverter` to a recipe.

    It computes in 8 bits; 16-bit floats are put into what it makes (`tulle.model.float16`).

    Args:
        recipe: what to do with the weights.
        tf: TensorFlow.
        converter: what is set.
        pictures: give the model's inputs for pictures, to find the ranges of what it computes.
    """
    if recipe in {Recipe.DYNAMIC, Recipe.INT8}:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if recipe is Recipe.INT8:
        converter.representative_dataset = pictures
