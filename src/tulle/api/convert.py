"""Owns the door to conversion."""

from tulle.model.convert import Conversion, ConversionRequest, convert
from tulle.model.labels import read_labels
from tulle.model.preprocessing import Channels
from tulle.model.recipe import Recipe
from tulle.model.signature import Fit, Interpolation, Resize

__all__ = [
    "Channels",
    "Conversion",
    "ConversionRequest",
    "Fit",
    "Interpolation",
    "Recipe",
    "Resize",
    "convert",
    "read_labels",
]
