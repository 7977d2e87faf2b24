"""Owns the picture of a training run: loss and accuracy, epoch by epoch."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["plot_training"]


def plot_training(log: Path, picture: Path) -> None:
    """Draw the log of `train.py` as an SVG, the same each time."""
    with log.open(newline="") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    epochs = [row["epoch"] for row in rows]
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    loss, accuracy = figure.subplots(1, 2)
    loss.plot(epochs, [row["loss"] for row in rows], label="train (mixed, smoothed)")
    loss.plot(epochs, [row["validation_loss"] for row in rows], label="validation")
    loss.set(xlabel="epoch", ylabel="cross-entropy", ylim=(0, None))
    loss.legend(loc="center right")
    accuracy.plot(epochs, [row["validation_accuracy"] for row in rows], color="C1")
    accuracy.set(xlabel="epoch", ylabel="validation accuracy")
    for axes in (loss, accuracy):
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    with mpl.rc_context({"svg.hashsalt": "clothing", "svg.fonttype": "none"}):
        figure.savefig(picture, metadata={"Date": None})
