"""Owns the model that comes with tulle, and the sample pictures that go with it.

`examples/clothing` makes both again: the model is trained there, the pictures are drawn there.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["builtin_model", "sample_pictures"]

_FOLDER = Path(__file__).parent
_MODELS = {"clothing": _FOLDER / "clothing.tflite"}


def builtin_model(name: str) -> Path | None:
    """Find the file of a built-in model; None where the name is not one's."""
    return _MODELS.get(name)


def sample_pictures() -> tuple[Path, ...]:
    """List the sample pictures, by name; each is named after the category that it shows."""
    return tuple(sorted((_FOLDER / "samples").glob("*.jpg")))
