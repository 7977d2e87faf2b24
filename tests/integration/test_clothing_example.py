"""The clothing example: the parts of its training that need no PyTorch, and its model."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tulle.model.builtin import sample_pictures

if TYPE_CHECKING:
    from types import ModuleType

EXAMPLE = Path(__file__).parents[2] / "examples" / "clothing"
# Keras's own reading of TensorFlow's variables, which NumPy 2 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(autouse=True)
def example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLE)


def module(name: str) -> ModuleType:
    return importlib.import_module(name)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Make a data set of two categories, two pictures each."""
    for part in ("train", "validation"):
        for label, colour in (("red", (210, 30, 20)), ("green", (30, 180, 40))):
            folder = tmp_path / part / label
            folder.mkdir(parents=True)
            for number in range(2):
                Image.new("RGB", (40 + number, 30), colour).save(folder / f"{number}.png")
    return tmp_path


def test_a_picture_is_varied_anew_each_time_and_the_same_by_the_same_seed() -> None:
    picture = Image.effect_noise((90, 120), 80).convert("RGB")

    def varied(seed: int) -> np.ndarray:
        pixels: np.ndarray = module("augment").vary(picture, 32, np.random.default_rng(seed))
        return pixels

    assert varied(1).shape == (32, 32, 3)
    assert np.array_equal(varied(1), varied(1))
    assert not np.array_equal(varied(1), varied(2))


def test_maps_are_read_back_by_part_and_not_for_other_pictures(data: Path, tmp_path: Path) -> None:
    maps, pictures = module("maps"), module("pictures")
    labels = pictures.read_labels(data)
    part = pictures.read_part(data, "train", labels)
    folder = maps.maps_folder(tmp_path, part)
    folder.mkdir()
    kept = np.arange(4 * 12, dtype=np.float16).reshape(4, 12, 1, 1, 1)
    np.save(folder / "000000.npy", kept[:3])
    np.save(folder / "000003.npy", kept[3:])

    read = maps.read_maps(tmp_path, part)
    (data / "train" / "red" / "1.png").unlink()
    other = pictures.read_part(data, "train", labels)

    assert labels == ("green", "red")
    assert np.array_equal(read.maps, kept)
    assert read.categories.tolist() == [0, 0, 1, 1]
    with pytest.raises(SystemExit, match=r"run views\.py first"):
        maps.read_maps(tmp_path, other)


def test_a_fitted_head_tells_new_rows_apart() -> None:
    head, rng = module("head"), np.random.default_rng(1)
    centres = rng.normal(size=(3, 8)).astype(np.float32)
    categories = np.arange(60) % 3
    rows = centres[categories] + rng.normal(scale=0.1, size=(60, 8)).astype(np.float32)

    fitted = head.fit_head(rows, head.soft_targets(categories, 3, smoothing=0.1), l2=0.03)

    assert np.argmax(centres @ fitted.weights + fitted.bias, axis=1).tolist() == [0, 1, 2]


def test_a_temperature_makes_probabilities_of_scores_that_are_too_sure() -> None:
    calibration, rng = module("calibration"), np.random.default_rng(1)
    logits = rng.normal(scale=2, size=(4000, 5))
    chances = softmax(logits)
    categories = np.array([rng.choice(5, p=row) for row in chances])

    assert calibration.fit_temperature(logits * 3, categories) == pytest.approx(3, rel=0.05)
    assert calibration.calibration_error(chances, categories) < 0.02
    assert calibration.calibration_error(softmax(logits * 3), categories) > 0.1


def test_a_model_is_kept_in_a_file_half_the_size(tmp_path: Path) -> None:
    saving = module("saving")
    network = module("keras_network").build_classifier(32, 10)
    saving.round_weights(network)
    picture = np.random.default_rng(1).uniform(-1, 1, (1, 32, 32, 3)).astype(np.float32)

    saving.save_small(network, tmp_path / "small.keras")
    saved = module("keras").models.load_model(tmp_path / "small.keras")

    assert (tmp_path / "small.keras").stat().st_size < 0.6 * 4 * network.count_params()
    assert np.array_equal(saved.predict(picture, verbose=0), network.predict(picture, verbose=0))


def test_the_model_is_sure_of_the_drawn_pants() -> None:
    pictures = module("pictures")
    model = module("keras").models.load_model(EXAMPLE / "clothing.keras")
    labels = (EXAMPLE / "labels.txt").read_text().split()
    (pants,) = (path for path in sample_pictures() if path.stem == "pants")

    pixels = pictures.shrink(pictures.read_picture(pants), model.input_shape[1])
    (scores,) = model.predict(pixels[None].astype(np.float32) / 127.5 - 1, verbose=0)

    assert scores.sum() == pytest.approx(1, abs=1e-5)
    assert scores[labels.index("pants")] > 0.6


def softmax(logits: np.ndarray) -> np.ndarray:
    powers: np.ndarray = np.exp(logits)
    powers /= powers.sum(axis=1, keepdims=True)
    return powers
