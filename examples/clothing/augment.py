"""Owns how a training picture is varied: where it is cut, mirrored, and how its colours shift."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageEnhance

__all__ = ["vary"]

_AREA = (0.4, 1.0)
_STRETCH = 4 / 3
_COLOUR = 0.3
_RESAMPLING = (
    Image.Resampling.NEAREST,
    Image.Resampling.NEAREST,
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
)
_ENHANCERS = (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color)


def vary(picture: Image.Image, size: int, rng: np.random.Generator) -> np.ndarray:
    """Cut a random part out, shrink it to a square, and change it as another photograph might."""
    resampling = _RESAMPLING[rng.integers(len(_RESAMPLING))]
    varied = picture.resize((size, size), resampling, box=_box(picture.size, rng))
    if rng.random() < 0.5:
        varied = varied.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for number in rng.permutation(len(_ENHANCERS)):
        varied = _ENHANCERS[number](varied).enhance(rng.uniform(1 - _COLOUR, 1 + _COLOUR))
    return np.asarray(varied, np.uint8)


def _box(size: tuple[int, int], rng: np.random.Generator) -> tuple[float, float, float, float]:
    """Choose a part of the picture: its share of the area, then its stretch, then its place."""
    side = math.sqrt(rng.uniform(*_AREA))
    stretch = math.exp(rng.uniform(-math.log(_STRETCH), math.log(_STRETCH)) / 2)
    width, height = (
        whole * min(side * factor, 1.0)
        for whole, factor in zip(size, (stretch, 1 / stretch), strict=True)
    )
    left, top = rng.uniform(0, size[0] - width), rng.uniform(0, size[1] - height)
    return (left, top, left + width, top + height)
