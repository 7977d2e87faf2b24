"""Train the clothing classifier: fine-tune EfficientNet-Lite0 from its fourth stage on.

Run `views.py` before, once for each of a few seeds this, and `export.py` after, which averages the
runs. Each epoch leaves a checkpoint, from which a run that was broken off goes on.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import torch

from fine_tuning import Run, Settings, evaluate
from maps import Maps, read_maps
from pictures import read_labels, read_part

__all__ = ["train"]


def train(run: Run, validation: Maps, *, checkpoint: Path) -> None:
    """Train to the end, leaving a checkpoint with its log after each epoch."""
    if checkpoint.exists():
        run.load(checkpoint)
    else:
        run.fit_head()
        _, accuracy = evaluate(run.averaged, validation)
        print(f"head fitted, validation accuracy {accuracy:.4f}", flush=True)
    while not run.done:
        began = time.monotonic()
        loss = run.epoch()
        validation_loss, accuracy = evaluate(run.averaged, validation)
        run.log.append(
            {
                "seed": run.settings.seed,
                "epoch": len(run.log) + 1,
                "rate": run.optimiser.param_groups[0]["lr"],
                "loss": loss,
                "validation_loss": validation_loss,
                "validation_accuracy": accuracy,
                "seconds": time.monotonic() - began,
            }
        )
        print(" ".join(f"{name} {value:.4g}" for name, value in run.log[-1].items()), flush=True)
        run.save(checkpoint)


def main() -> None:
    """Train on what `views.py` kept of `train/`, and follow it on `validation/`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="holds train/ and validation/, a folder a category")
    parser.add_argument("--cache", type=Path, default=Path(".cache/clothing"))
    parser.add_argument("--epochs", type=int, default=10, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="default: all")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    labels = read_labels(arguments.data)
    train_maps, validation = (
        read_maps(arguments.cache, read_part(arguments.data, name, labels))
        for name in ("train", "validation")
    )
    run = Run(Settings(epochs=arguments.epochs, seed=arguments.seed), train_maps, len(labels))
    train(run, validation, checkpoint=arguments.cache / f"seed-{arguments.seed}.pt")


if __name__ == "__main__":
    main()
