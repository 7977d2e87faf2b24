"""Owns the part of the network that is trained, in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from architecture import BLOCKS, FROZEN_BLOCKS, HEAD_FILTERS, Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from imagenet import Pretrained

__all__ = ["FEATURES", "Tail"]

FEATURES = HEAD_FILTERS + sum(block.filters for block in BLOCKS if block.tapped)


class Tail(nn.Module):  # type: ignore[misc]  # PyTorch is absent where types are checked
    """What follows the frozen part: from its map to a logit a category."""

    def __init__(self, categories: int, *, dropout: float) -> None:
        """Build the blocks with untrained weights."""
        super().__init__()
        self.blocks = nn.ModuleList(_Block(block) for block in BLOCKS[FROZEN_BLOCKS:])
        self.head = _Convolution(BLOCKS[-1].filters, HEAD_FILTERS)
        self.dropout = nn.Dropout(dropout)
        self.scores = nn.Linear(FEATURES, categories)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Give the logits of a batch of maps."""
        return self.scores(self.dropout(self.features(maps)))

    def features(self, maps: torch.Tensor) -> torch.Tensor:
        """Average the last map and those at the ends of two earlier stages over the picture."""
        x, averages = maps, []
        for block in self.blocks:
            x = block(x)
            if block.shape.tapped:
                averages.append(x.mean((2, 3)))
        averages.append(self.head(x).mean((2, 3)))
        return torch.cat(averages, dim=1)

    def convolutions(self) -> Iterator[_Convolution]:
        """List the convolutions from the first to the last."""
        return (module for module in self.modules() if isinstance(module, _Convolution))

    def load_pretrained(self, layers: tuple[Pretrained, ...]) -> None:
        """Take the weights of the network's last layers."""
        own = tuple(self.convolutions())
        with torch.no_grad():
            for convolution, layer in zip(own, layers[-len(own) :], strict=True):
                convolution.kernel.copy_(torch.from_numpy(layer.kernel))
                convolution.scale.copy_(torch.from_numpy(layer.scale))
                convolution.bias.copy_(torch.from_numpy(layer.bias))

    def folded(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give each convolution's kernel, its scale folded in, and its bias."""
        for convolution in self.convolutions():
            yield convolution.folded().detach().numpy(), convolution.bias.detach().numpy()


class _Convolution(nn.Module):  # type: ignore[misc]  # as above
    """A convolution and the scale and bias that its normalisation became.

    They are apart for the optimiser's sake: folded, some channels' weights are a hundred times as
    large as others', and one step size cannot suit them all.
    """

    def __init__(
        self, inputs: int, filters: int, *, kernel: int = 1, stride: int = 1, relu: bool = True
    ) -> None:
        super().__init__()
        depthwise = kernel > 1
        self.kernel = nn.Parameter(torch.zeros(filters, 1 if depthwise else inputs, kernel, kernel))
        self.scale = nn.Parameter(torch.ones(filters))
        self.bias = nn.Parameter(torch.zeros(filters))
        self.stride, self.relu, self.groups = stride, relu, inputs if depthwise else 1

    def folded(self) -> torch.Tensor:
        return self.kernel * self.scale[:, None, None, None]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        margin = self.kernel.shape[-1] // 2
        if self.stride == 2:  # as TensorFlow pads even sizes: one less on the left and at the top
            x, margin = functional.pad(x, (margin - 1, margin, margin - 1, margin)), 0
        x = functional.conv2d(x, self.folded(), self.bias, self.stride, margin, groups=self.groups)
        return functional.relu6(x) if self.relu else x


class _Block(nn.Module):  # type: ignore[misc]  # as above
    def __init__(self, shape: Block) -> None:
        super().__init__()
        self.shape = shape
        wide = shape.inputs * shape.expansion
        self.expand = _Convolution(shape.inputs, wide)
        self.filter = _Convolution(wide, wide, kernel=shape.kernel, stride=shape.stride)
        self.project = _Convolution(wide, shape.filters, relu=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.project(self.filter(self.expand(x)))
        return x + y if self.shape.residual else y
