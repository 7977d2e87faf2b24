"""Owns what a model takes and gives: its size, its labels, and how a picture becomes its pixels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Fit", "Interpolation", "PictureInput", "Resize", "Signature"]


class Interpolation(StrEnum):
    """How pixels between pixels are found. The names are those of Keras's `load_img`."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    HAMMING = "hamming"
    BOX = "box"
    LANCZOS = "lanczos"


class Fit(StrEnum):
    """How a picture of another shape comes to fill the model's."""

    STRETCH = "stretch"
    CROP = "crop"
    LETTERBOX = "letterbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resize:
    """How a picture is brought to the model's size. The defaults are those of `load_img`."""

    interpolation: Interpolation = Interpolation.NEAREST
    fit: Fit = Fit.STRETCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a model takes (RGB pixels of one size) and gives (one score a label)."""

    width: int
    height: int
    labels: tuple[str, ...]
    resize: Resize
    exif: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureInput:
    """How a source takes a picture: its size, its channels (3 or 1), and whether they come first."""

    height: int
    width: int
    channels: int
    channels_first: bool
