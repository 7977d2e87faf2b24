"""Owns the picture of the training runs: loss and accuracy, epoch by epoch."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["plot_training"]


def plot_training(log: Path, picture: Path) -> None:
    """Draw the log of `export.py` as an SVG, a line a run, the same each time."""
    with log.open(newline="") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    loss, accuracy = figure.subplots(1, 2)
    for seed in dict.fromkeys(row["seed"] for row in rows):
        run = [row for row in rows if row["seed"] == seed]
        epochs = [row["epoch"] for row in run]
        loss.plot(epochs, [row["loss"] for row in run], "C0")
        loss.plot(epochs, [row["validation_loss"] for row in run], "C1")
        accuracy.plot(epochs, [row["validation_accuracy"] for row in run], "C1")
    loss.set(xlabel="epoch", ylabel="cross-entropy", ylim=(0, None))
    loss.legend(["train (mixed, smoothed)", "validation"], loc="center right")
    accuracy.set(xlabel="epoch", ylabel="validation accuracy")
    for axes in (loss, accuracy):
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    with mpl.rc_context({"svg.hashsalt": "clothing", "svg.fonttype": "none"}):
        figure.savefig(picture, metadata={"Date": None})
