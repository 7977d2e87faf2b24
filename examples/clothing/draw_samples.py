"""Draw the sample pictures that come with tulle's built-in model."""

from __future__ import annotations

import argparse
from pathlib import Path

from flat_lay import paint
from garments import GARMENTS

__all__ = ["draw_samples"]

_SAMPLES = Path(__file__).parents[2] / "src" / "tulle" / "model" / "builtin" / "samples"


def draw_samples(folder: Path) -> None:
    """Draw each garment to `<folder>/<category>.jpg`."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed, (category, garment) in enumerate(GARMENTS.items()):
        paint(garment, seed=seed).save(folder / f"{category}.jpg", quality=85)


def main() -> None:
    """Draw into the folder named on the command line, or over the samples of the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=_SAMPLES)
    draw_samples(parser.parse_args().folder)


if __name__ == "__main__":
    main()
