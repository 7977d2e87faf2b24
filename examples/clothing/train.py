"""Train the clothing classifier: fine-tune EfficientNet-Lite0 from its fourth stage on.

Run `views.py` before, and `export.py` after. Each epoch leaves a checkpoint, from which a run that
was broken off goes on.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

import torch

from fine_tuning import Run, Settings, evaluate
from maps import Maps, read_maps
from pictures import read_labels, read_part

__all__ = ["train"]

_FIELDS = ("epoch", "rate", "loss", "validation_loss", "validation_accuracy", "seconds")


def train(run: Run, validation: Maps, *, checkpoint: Path, log: Path) -> None:
    """Train to the end, leaving a checkpoint and a line of the log after each epoch."""
    if checkpoint.exists():
        run.load(checkpoint)
    else:
        run.fit_head()
        print(
            f"head fitted, validation accuracy {evaluate(run.averaged, validation)[1]:.4f}",
            flush=True,
        )
    while len(run.log) < run.settings.epochs:
        began = time.monotonic()
        loss = run.epoch()
        validation_loss, accuracy = evaluate(run.averaged, validation)
        rate = run.optimiser.param_groups[0]["lr"]
        seconds = time.monotonic() - began
        values = (len(run.log) + 1, rate, loss, validation_loss, accuracy, seconds)
        run.close(dict(zip(_FIELDS, values, strict=True)))
        print(" ".join(f"{name} {value:.4g}" for name, value in run.log[-1].items()), flush=True)
        run.save(checkpoint)
    with log.open("w", newline="") as file:
        writer = csv.DictWriter(file, _FIELDS)
        writer.writeheader()
        writer.writerows({name: f"{value:.4g}" for name, value in row.items()} for row in run.log)


def main() -> None:
    """Train on what `views.py` kept of `train/`, and follow it on `validation/`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="holds train/ and validation/, a folder a category")
    parser.add_argument("--cache", type=Path, default=Path(".cache/clothing"))
    parser.add_argument("--output", type=Path, default=Path(__file__).parent, help="default: here")
    parser.add_argument("--epochs", type=int, default=10, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    labels = read_labels(arguments.data)
    train_maps, validation = (
        read_maps(arguments.cache, read_part(arguments.data, name, labels))
        for name in ("train", "validation")
    )
    run = Run(Settings(epochs=arguments.epochs, seed=arguments.seed), train_maps, len(labels))
    train(
        run,
        validation,
        checkpoint=arguments.cache / "checkpoint.pt",
        log=arguments.output / "training.csv",
    )


if __name__ == "__main__":
    main()
