"""Owns the door to conversion."""

from tulle.model.choice import Choice, convert_by_measurement
from tulle.model.convert import Conversion, ConversionRequest, convert
from tulle.model.labels import read_labels
from tulle.model.measurement import Measurement
from tulle.model.preprocessing import Channels
from tulle.model.recipe import Recipe
from tulle.model.signature import Fit, Interpolation, Resize

__all__ = [
    "Channels",
    "Choice",
    "Conversion",
    "ConversionRequest",
    "Fit",
    "Interpolation",
    "Measurement",
    "Recipe",
    "Resize",
    "convert",
    "convert_by_measurement",
    "read_labels",
]
