"""Owns mixing the pictures of a batch: a part of another one pasted in, or both blended."""

from __future__ import annotations

import numpy as np
import torch

__all__ = ["mix"]


def mix(
    maps: torch.Tensor, targets: torch.Tensor, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mix each map with that of another picture of the batch, and what is wanted of them alike.

    A third of the batches are left alone, a third are blended (mixup), a third are pasted (cutmix).
    """
    kind = rng.integers(3)
    if kind == 0:
        return maps, targets
    other = torch.from_numpy(rng.permutation(len(maps)))
    if kind == 1:
        share = rng.beta(0.4, 0.4)
        mixed = share * maps + (1 - share) * maps[other]
    else:
        mixed, share = _paste(maps, maps[other], rng)
    return mixed, share * targets + (1 - share) * targets[other]


def _paste(
    maps: torch.Tensor, others: torch.Tensor, rng: np.random.Generator
) -> tuple[torch.Tensor, float]:
    """Paste one rectangle of the others in; give the share of the area that is left."""
    size = maps.shape[-1]
    side = round(size * float(np.sqrt(rng.uniform(0, 0.5))))
    top, left = rng.integers(size - side + 1, size=2)
    inside = (..., slice(top, top + side), slice(left, left + side))
    mixed = maps.clone()
    mixed[inside] = others[inside]
    return mixed, 1 - side**2 / size**2
