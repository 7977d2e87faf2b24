"""Owns what is done to pixels before a model sees them, as data: `(pixel - mean) / std` a channel."""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from tulle.errors import UnknownPreprocessing, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "APPLICATIONS",
    "LUMA",
    "PREPROCESSINGS",
    "Channels",
    "Preprocessing",
    "choose_preprocessing",
    "find_preprocessing",
]

# What red, green and blue give to grey, in 65536ths: Pillow's "L", after ITU-R 601-2.
LUMA = (19595, 38470, 7471)

_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)")


class Channels(StrEnum):
    """The order of a colour picture's channels."""

    RGB = "rgb"
    BGR = "bgr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """The arithmetic between a picture's pixels (0 to 255) and what a model was trained on.

    Attributes:
        name: what a user calls it.
        bgr: whether the channels are turned round first, from RGB.
        mean: subtracted from each channel.
        std: what each channel is then divided by.
    """

    name: str = "none"
    bgr: bool = False
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def of(self, channels: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Give the mean and the deviation of as many channels as a model takes."""
        if channels == 1 and (len({*self.mean}) > 1 or len({*self.std}) > 1):
            raise UsageError(
                f"{self.name} is for three channels, and the model takes one",
                hint="give one number for --mean and --std, or a range such as 0..1",
            )
        return tuple(self.mean[:channels]), tuple(self.std[:channels])


# The modes of `keras.applications.imagenet_utils.preprocess_input`, and none.
_IDENTITY = Preprocessing()
_TF = Preprocessing(mean=(127.5, 127.5, 127.5), std=(127.5, 127.5, 127.5))
_CAFFE = Preprocessing(bgr=True, mean=(103.939, 116.779, 123.68))
_TORCH = Preprocessing(
    mean=(0.485 * 255, 0.456 * 255, 0.406 * 255), std=(0.229 * 255, 0.224 * 255, 0.225 * 255)
)

# Every module of `keras.applications` that has a `preprocess_input`.
APPLICATIONS = {
    "convnext": _IDENTITY,
    "densenet": _TORCH,
    "efficientnet": _IDENTITY,
    "efficientnet_v2": _IDENTITY,
    "inception_resnet_v2": _TF,
    "inception_v3": _TF,
    "mobilenet": _TF,
    "mobilenet_v2": _TF,
    "mobilenet_v3": _IDENTITY,
    "nasnet": _TF,
    "resnet": _CAFFE,
    "resnet50": _CAFFE,
    "resnet_v2": _TF,
    "vgg16": _CAFFE,
    "vgg19": _CAFFE,
    "xception": _TF,
}

PREPROCESSINGS = {
    **APPLICATIONS,
    "0..1": Preprocessing(std=(255.0, 255.0, 255.0)),
    "-1..1": _TF,
    "none": _IDENTITY,
}


def find_preprocessing(name: str) -> Preprocessing:
    """Look a preprocessing up by its name, or by the range that it brings pixels to."""
    if name in PREPROCESSINGS:
        return replace(PREPROCESSINGS[name], name=name)
    if match := _RANGE.fullmatch(name):
        return _range(float(match[1]), float(match[2]), name)
    nearest = difflib.get_close_matches(name.lower(), PREPROCESSINGS, n=1)
    raise UnknownPreprocessing(
        f"there is no preprocessing {name!r}",
        hint=(f"did you mean {nearest[0]!r}? " if nearest else "")
        + "take the one that the model was trained with, a range such as 0..1, or one of these: "
        + ", ".join(PREPROCESSINGS),
    )


def choose_preprocessing(
    name: str | None,
    *,
    mean: Sequence[float] = (),
    std: Sequence[float] = (),
    channels: Channels | None = None,
) -> Preprocessing:
    """Put together what a user asks for.

    Args:
        name: a preprocessing's name, or a range; without it, pixels stay from 0 to 255.
        mean: subtracted from each channel after that; one number, or three.
        std: what each channel is then divided by.
        channels: the order that the model was trained on.
    """
    chosen = find_preprocessing(name or "none")
    if not mean and not std and channels is None:
        return chosen
    means, stds = _three(mean or (0.0,), "--mean"), _three(std or (1.0,), "--std")
    if channels is not None and chosen.bgr:
        raise UsageError(
            f"the order of the channels is part of {name!r}", hint="leave --channels out"
        )
    if not all(map(math.isfinite, (*means, *stds))):
        raise UsageError("a --mean or --std is no number", hint="write such as 0.5 or 127.5")
    if min(stds) <= 0:
        raise UsageError("a --std is not above 0", hint="pixels are divided by it")
    if name is None and std and max(stds) < 1:
        raise UsageError(
            "this --std is for pixels from 0 to 1, and pixels go from 0 to 255",
            hint="add --preprocessing 0..1, which comes first",
        )
    parts = [name] if name else []
    if mean or std:
        parts.append(f"mean {_numbers(means)}, std {_numbers(stds)}")
    if channels is not None:
        parts.append(str(channels))
    return Preprocessing(
        name=", ".join(parts),
        bgr=chosen.bgr if channels is None else channels is Channels.BGR,
        mean=_three(
            [
                first + by * then
                for first, by, then in zip(chosen.mean, chosen.std, means, strict=True)
            ]
        ),
        std=_three([by * then for by, then in zip(chosen.std, stds, strict=True)]),
    )


def _range(low: float, high: float, name: str) -> Preprocessing:
    if low >= high:
        raise UnknownPreprocessing(
            f"{name} is no range: {low:g} is not below {high:g}",
            hint="write the value of black, two points, and the value of white: -1..1",
        )
    std = 255 / (high - low)
    return Preprocessing(name=name, mean=(-low * std,) * 3, std=(std,) * 3)


def _three(values: Sequence[float], option: str = "") -> tuple[float, float, float]:
    match tuple(values):
        case (one,):
            return one, one, one
        case (first, second, third):
            return first, second, third
    raise UsageError(
        f"{option} has {len(values)} numbers",
        hint="give one for all channels, or three: 0.5,0.5,0.5",
    )


def _numbers(values: Sequence[float]) -> str:
    shown = values[:1] if len(set(values)) == 1 else values
    return ",".join(f"{value:g}" for value in shown)
