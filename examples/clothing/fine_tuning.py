"""Owns fine-tuning: a run that can be put down after each epoch and taken up again."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from head import fit_head, soft_targets
from imagenet import read_imagenet_weights
from mixing import mix
from torch_network import Tail

if TYPE_CHECKING:
    from pathlib import Path

    from maps import Maps

__all__ = ["Run", "Settings", "evaluate"]

_BATCH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the tail is trained."""

    epochs: int
    seed: int = 1
    rate: float = 3e-4
    decay: float = 0.02
    smoothing: float = 0.1
    dropout: float = 0.2
    average: float = 0.99
    """How much of the averaged weights each step keeps."""


class Run:
    """A training run that can be put down after each epoch and taken up again."""

    def __init__(self, settings: Settings, train: Maps, labels: int) -> None:
        """Begin with ImageNet's weights, and a head that was fitted to what they see."""
        self.settings, self.train, self.labels = settings, train, labels
        torch.manual_seed(settings.seed)
        self.tail = Tail(labels, dropout=settings.dropout)
        self.tail.load_pretrained(read_imagenet_weights())
        self.log: list[dict[str, float]] = []
        matrices = [p for p in self.tail.parameters() if p.ndim > 1]
        vectors = [p for p in self.tail.parameters() if p.ndim == 1]
        groups = [{"params": matrices, "weight_decay": settings.decay}, {"params": vectors}]
        self.optimiser = torch.optim.AdamW(groups, lr=settings.rate, weight_decay=0)
        self.averaged = copy.deepcopy(self.tail)

    @property
    def done(self) -> bool:
        """Whether every epoch was run."""
        return len(self.log) >= self.settings.epochs

    def fit_head(self) -> None:
        """Start the head from the best one for the untrained tail, over two views a picture."""
        count = len(self.train.categories)
        rows = [_features(self.tail, self.train, np.full(count, view)) for view in (0, 1)]
        targets = soft_targets(self.train.categories, self.labels, smoothing=0.1)
        head = fit_head(np.vstack(rows), np.vstack([targets] * 2), l2=0.03, steps=200)
        with torch.no_grad():
            self.tail.scores.weight.copy_(torch.from_numpy(head.weights.T))
            self.tail.scores.bias.copy_(torch.from_numpy(head.bias))
        self.averaged = copy.deepcopy(self.tail)

    def epoch(self) -> float:
        """Show each picture once, in one of its views; give the mean loss."""
        number, settings = len(self.log), self.settings
        rng = np.random.default_rng((settings.seed, number))
        torch.manual_seed(1000 * settings.seed + number)
        pictures = rng.permutation(len(self.train.categories))
        views = rng.integers(self.train.maps.shape[1], size=len(pictures))
        steps = len(pictures) // _BATCH
        losses = []
        self.tail.train()
        for step in range(steps):
            self._set_rate(number + step / steps)
            chosen = pictures[step * _BATCH : (step + 1) * _BATCH]
            wanted = soft_targets(
                self.train.categories[chosen], self.labels, smoothing=settings.smoothing
            )
            batch = _batch(self.train, chosen, views[step * _BATCH : (step + 1) * _BATCH])
            losses.append(self._step(*mix(batch, torch.from_numpy(np.float32(wanted)), rng)))
        return float(np.mean(losses))

    def _set_rate(self, epochs: float) -> None:
        """Warm up over the first twentieth of the run, then follow a cosine down to nothing."""
        done = epochs / self.settings.epochs
        rate = self.settings.rate * min(1.0, done * 20) * (1 + math.cos(math.pi * done)) / 2
        for group in self.optimiser.param_groups:
            group["lr"] = rate

    def _step(self, maps: torch.Tensor, wanted: torch.Tensor) -> float:
        loss = functional.cross_entropy(self.tail(maps), wanted)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        with torch.no_grad():
            for mean, new in zip(self.averaged.parameters(), self.tail.parameters(), strict=True):
                mean.lerp_(new, 1 - self.settings.average)
        return float(loss.detach())

    def save(self, path: Path) -> None:
        """Write all that the next epoch needs."""
        state = {
            "tail": self.tail.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "log": self.log,
        }
        unfinished = path.with_suffix(".part")
        torch.save(state, unfinished)
        unfinished.replace(path)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint."""
        state = torch.load(path, weights_only=True)
        self.tail.load_state_dict(state["tail"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.log = state["log"]


def _batch(maps: Maps, pictures: np.ndarray, views: np.ndarray) -> torch.Tensor:
    """Give one view of each picture, as floats in PyTorch's order of axes."""
    return torch.from_numpy(maps.maps[pictures, views].astype(np.float32)).permute(0, 3, 1, 2)


def _features(tail: Tail, maps: Maps, views: np.ndarray) -> np.ndarray:
    tail.eval()
    with torch.inference_mode():
        numbers = np.array_split(np.arange(len(views)), max(1, len(views) // _BATCH))
        return np.concatenate(
            [tail.features(_batch(maps, part, views[part])).numpy() for part in numbers]
        )


def evaluate(tail: Tail, maps: Maps) -> tuple[float, float]:
    """Give the loss and the accuracy on each picture's first view."""
    features = _features(tail, maps, np.zeros(len(maps.categories), int))
    with torch.inference_mode():
        logits = tail.scores(torch.from_numpy(features))
        categories = torch.from_numpy(maps.categories)
        loss = functional.cross_entropy(logits, categories).item()
        return loss, (logits.argmax(1) == categories).float().mean().item()
