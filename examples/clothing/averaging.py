"""Owns the end of training: the average of the weights of several runs, and their log as a table.

Runs that start from the same pretrained weights and differ in their seed end close enough together
for the average to be better than each. https://arxiv.org/abs/2203.05482
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import torch

from torch_network import Tail

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["average_runs", "write_log"]


def average_runs(checkpoints: Sequence[Path], categories: int) -> Tail:
    """Average what each run kept: itself a moving average of the weights over its last steps."""
    runs = [torch.load(checkpoint, weights_only=True)["averaged"] for checkpoint in checkpoints]
    tail = Tail(categories, dropout=0)
    tail.load_state_dict(
        {name: torch.stack([run[name] for run in runs]).mean(0) for name in runs[0]}
    )
    tail.eval()
    return tail


def write_log(checkpoints: Sequence[Path], log: Path) -> None:
    """Write a line for each epoch of each run."""
    rows = [row for path in checkpoints for row in torch.load(path, weights_only=True)["log"]]
    with log.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({name: f"{value:.4g}" for name, value in row.items()} for row in rows)
