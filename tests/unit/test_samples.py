"""The sample pictures: drawn again the same, and each one named after a category."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat

from tulle.model.builtin import builtin_model, sample_pictures

if TYPE_CHECKING:
    from types import ModuleType

EXAMPLE = Path(__file__).parents[2] / "examples" / "clothing"


@pytest.fixture
def drawing(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(EXAMPLE)
    return importlib.import_module("draw_samples")


def decoded(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        picture.load()
        return picture


def test_draws_the_pictures_that_the_package_holds(drawing: ModuleType, tmp_path: Path) -> None:
    drawing.draw_samples(tmp_path)

    assert [p.name for p in sorted(tmp_path.iterdir())] == [p.name for p in sample_pictures()]
    for sample in sample_pictures():
        again = decoded(tmp_path / sample.name)
        difference = ImageStat.Stat(ImageChops.difference(decoded(sample), again))
        assert max(difference.mean) < 0.5  # of 255: JPEG encoders differ in their rounding


def test_there_is_a_picture_in_colour_of_every_category() -> None:
    labels = (EXAMPLE / "labels.txt").read_text().split()

    assert [sample.stem for sample in sample_pictures()] == labels
    for sample in sample_pictures():
        assert decoded(sample).mode == "RGB"


def test_the_samples_stay_small() -> None:
    assert sum(sample.stat().st_size for sample in sample_pictures()) < 200_000


def test_knows_the_built_in_model_by_its_name_only() -> None:
    found = builtin_model("clothing")

    assert found is not None
    assert found.name == "clothing.tflite"
    assert builtin_model("clothing.tflite") is None
    assert builtin_model("shoes") is None
