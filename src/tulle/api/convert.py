"""Owns the door to conversion."""

from tulle.model.convert import Conversion, ConversionRequest, convert
from tulle.model.labels import read_labels
from tulle.model.recipe import Recipe
from tulle.model.signature import Fit, Interpolation, Resize
from tulle.model.sources.preprocessing import Channels
from tulle.model.trials.choice import Choice, convert_by_measurement
from tulle.model.trials.measurement import Measurement

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
