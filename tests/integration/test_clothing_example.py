"""The clothing example: its training learns, and its model knows the drawn samples."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np
import pytest
from PIL import Image

from tulle.model.builtin import sample_pictures

if TYPE_CHECKING:
    from types import ModuleType

EXAMPLE = Path(__file__).parents[2] / "examples" / "clothing"
# Keras's own reading of TensorFlow's variables, which NumPy 2 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

COLOURS = {"blue": (20, 40, 200), "green": (30, 180, 40), "red": (210, 30, 20)}


@pytest.fixture
def train(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(EXAMPLE)
    return importlib.import_module("train")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Make a data set in which colour tells the category, in other shades for validation."""
    for part, shades in (("train", (0, 10, 20, 30)), ("validation", (5, 15))):
        for label, (red, green, blue) in COLOURS.items():
            folder = tmp_path / "data" / part / label
            folder.mkdir(parents=True)
            for shade in shades:
                colour = (red + shade, green + shade, blue + shade)
                Image.new("RGB", (40, 30), colour).save(folder / f"{shade}.png")
    return tmp_path / "data"


def tiny_backbone() -> keras.Model:
    keras.utils.set_random_seed(1)
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(24, 3, strides=2, activation="relu")(inputs)
    return keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(x), name="tiny")


def test_a_fitted_head_tells_new_pictures_apart_and_is_kept_in_a_small_file(
    train: ModuleType, data: Path, tmp_path: Path
) -> None:
    labels = train.read_labels(data)
    part, validation = (train.read_part(data, name, labels) for name in ("train", "validation"))
    backbone = tiny_backbone()
    views = tuple(
        train.read_features(backbone, part, tmp_path / "cache", flipped=flipped)
        for flipped in (False, True)
    )

    model = train.add_head(backbone, train.fit_views(views, part.categories, len(labels)))
    train.round_weights(model)
    train.save_small(model, tmp_path / "tiny.keras")
    saved = keras.models.load_model(tmp_path / "tiny.keras")
    scores = saved.predict(train.read_pixels(validation.paths, size=16), verbose=0)

    assert labels == ("blue", "green", "red")
    assert np.argmax(scores, axis=1).tolist() == validation.categories.tolist()
    assert np.allclose(scores.sum(axis=1), 1)


def test_features_are_read_back_instead_of_made_again(
    train: ModuleType, data: Path, tmp_path: Path
) -> None:
    part = train.read_part(data, "train", train.read_labels(data))
    first = train.read_features(tiny_backbone(), part, tmp_path, flipped=False)

    another = tiny_backbone()
    another.set_weights([weights * 0 for weights in another.get_weights()])

    assert np.array_equal(train.read_features(another, part, tmp_path, flipped=False), first)


def test_the_model_names_every_drawn_sample(train: ModuleType) -> None:
    model = keras.models.load_model(EXAMPLE / "clothing.keras")
    labels = (EXAMPLE / "labels.txt").read_text().split()

    scores = model.predict(train.read_pixels(sample_pictures(), size=224), verbose=0)

    answers = [labels[best] for best in np.argmax(scores, axis=1)]
    assert answers == [sample.stem for sample in sample_pictures()]
