"""Owns what is done to pixels before a model sees them, as data: `(pixel - mean) / std` a channel."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from tulle.errors import UnknownPreprocessing

__all__ = ["APPLICATIONS", "PREPROCESSINGS", "Preprocessing", "find_preprocessing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """The arithmetic between a picture's pixels (0 to 255) and what a model was trained on.

    Attributes:
        bgr: whether the channels are turned round first, from RGB.
        mean: subtracted from each channel.
        std: what each channel is then divided by.
    """

    bgr: bool = False
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)


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
    """Look a preprocessing up by its name."""
    if name in PREPROCESSINGS:
        return PREPROCESSINGS[name]
    nearest = difflib.get_close_matches(name.lower(), PREPROCESSINGS, n=1)
    raise UnknownPreprocessing(
        f"there is no preprocessing {name!r}",
        hint=(f"did you mean {nearest[0]!r}? " if nearest else "")
        + "take the one that the model was trained with: "
        + ", ".join(PREPROCESSINGS),
    )
