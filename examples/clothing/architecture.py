"""Owns the shape of EfficientNet-Lite0, as both PyTorch (training) and Keras (the file) build it.

EfficientNet-Lite is EfficientNet made for small devices: ReLU6 for swish, no squeeze-and-excitation,
and a stem and a head that are never scaled. https://arxiv.org/abs/1905.11946
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["BLOCKS", "FROZEN_BLOCKS", "HEAD_FILTERS", "STEM_FILTERS", "Block"]

STEM_FILTERS = 32
HEAD_FILTERS = 1280


class Block(NamedTuple):
    """Expand the channels, filter each one in space, project back; add the input where it fits."""

    inputs: int
    filters: int
    kernel: int
    stride: int
    expansion: int
    tapped: bool
    """Whether the classifier's head sees its output too, averaged over the picture."""

    @property
    def residual(self) -> bool:
        """Whether the block's input is added to its output."""
        return self.stride == 1 and self.inputs == self.filters


def _stage(
    repeats: int, inputs: int, filters: int, *, kernel: int, stride: int, tapped: bool = False
) -> tuple[Block, ...]:
    """List the blocks of a stage: only the first one strides, only the last one is tapped."""
    return tuple(
        Block(
            inputs=inputs if first else filters,
            filters=filters,
            kernel=kernel,
            stride=stride if first else 1,
            expansion=1 if inputs == STEM_FILTERS else 6,
            tapped=tapped and number == repeats - 1,
        )
        for number, first in enumerate([True] + [False] * (repeats - 1))
    )


_FROZEN = (
    *_stage(1, STEM_FILTERS, 16, kernel=3, stride=1),
    *_stage(2, 16, 24, kernel=3, stride=2),
    *_stage(2, 24, 40, kernel=5, stride=2),
)
FROZEN_BLOCKS = len(_FROZEN)
BLOCKS = (
    *_FROZEN,
    *_stage(3, 40, 80, kernel=3, stride=2),
    *_stage(3, 80, 112, kernel=5, stride=1, tapped=True),
    *_stage(4, 112, 192, kernel=5, stride=2, tapped=True),
    *_stage(1, 192, 320, kernel=3, stride=1),
)
