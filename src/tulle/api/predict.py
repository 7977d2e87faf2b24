"""Owns the way from a model's name and pictures to predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.model.lookup import find_model
from tulle.model.prediction import Prediction, predict_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Prediction", "predict"]


def predict(pictures: Iterable[str], *, model: str = "clothing") -> Iterator[Prediction]:
    """Classify pictures as the function would.

    Args:
        pictures: paths or URLs.
        model: the name of a built-in model, or the path of a `.tflite` file.

    Raises:
        ModelNotFound, ModelError: before the first prediction. What is wrong with a picture stands in its prediction.
    """
    return predict_all(find_model(model), pictures)
