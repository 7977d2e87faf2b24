"""Owns what a user may say for a model: the name of a built-in one, or the path of a `.tflite` file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tulle.model.builtin import builtin_model
from tulle.model.file import load_model

if TYPE_CHECKING:
    from tulle.model.file import Model

__all__ = ["find_model"]


def find_model(name: str) -> Model:
    """Find a model by name or path; a file of the same name as a built-in model goes before it.

    Raises:
        ModelNotFound: there is neither such a built-in model nor such a file.
        ModelError: the file cannot be served.
    """
    path = Path(name)
    return load_model(path if path.exists() else builtin_model(name) or path)
