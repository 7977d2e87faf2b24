"""Owns the network in Keras: the frozen first part for the cache, and the whole for the file.

Normalisations are folded into the convolutions before them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

from architecture import BLOCKS, FROZEN_BLOCKS, HEAD_FILTERS, STEM_FILTERS, Block

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

__all__ = ["build_classifier", "build_frozen", "set_convolutions"]


def build_frozen(size: int) -> keras.Model:
    """Build the part that is never trained, from pixels in -1..1 to a map of 40 channels."""
    inputs = keras.Input((size, size, 3), name="picture")
    x = _convolve(inputs, STEM_FILTERS, kernel=3, stride=2)
    for block in BLOCKS[:FROZEN_BLOCKS]:
        x = _block(x, block)
    return keras.Model(inputs, x, name="frozen")


def build_classifier(size: int, categories: int) -> keras.Model:
    """Build the whole classifier: a picture in, the probability of each category out."""
    frozen = build_frozen(size)
    x, averages = frozen.output, []
    for block in BLOCKS[FROZEN_BLOCKS:]:
        x = _block(x, block)
        if block.tapped:
            averages.append(_average(x))
    averages.append(_average(_convolve(x, HEAD_FILTERS)))
    features = keras.layers.Concatenate(name="features")(averages)
    scores = keras.layers.Dense(categories, activation="softmax", name="scores")(features)
    return keras.Model(frozen.input, scores, name="clothing")


def set_convolutions(
    model: keras.Model, convolutions: Iterable[tuple[np.ndarray, np.ndarray]]
) -> None:
    """Copy kernels in PyTorch's order of axes, and biases, into the model's first convolutions.

    Both frameworks list the layers from the stem to the head; Keras refuses a shape that differs.
    """
    layers = (
        layer
        for layer in model.layers
        if isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D)
    )
    for layer, (kernel, bias) in zip(layers, convolutions, strict=False):
        depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
        axes = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
        layer.set_weights([kernel.transpose(axes), bias])


def _block(inputs: keras.KerasTensor, block: Block) -> keras.KerasTensor:
    x = inputs
    if block.expansion != 1:
        x = _convolve(x, block.inputs * block.expansion)
    spatial = keras.layers.DepthwiseConv2D(block.kernel, strides=block.stride, padding="same")
    x = _relu6(spatial(x))
    x = keras.layers.Conv2D(block.filters, 1)(x)
    return keras.layers.add([x, inputs]) if block.residual else x


def _convolve(
    x: keras.KerasTensor, filters: int, *, kernel: int = 1, stride: int = 1
) -> keras.KerasTensor:
    convolution = keras.layers.Conv2D(filters, kernel, strides=stride, padding="same")
    return _relu6(convolution(x))


def _average(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.GlobalAveragePooling2D()(x)


def _relu6(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.ReLU(max_value=6)(x)
