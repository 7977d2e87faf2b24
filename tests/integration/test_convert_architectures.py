"""An architecture of `keras.applications`, converted with every recipe, answers as Keras does within the allowance."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tulle.model.builtin import sample_pictures
from tulle.model.convert import ConversionRequest, convert
from tulle.model.recipe import Recipe
from tulle.progress import SilentReporter

if TYPE_CHECKING:
    from pathlib import Path

# Random weights show whether a conversion is right, not what 8 bits keep of a trained model.
DIFFERENCES = {Recipe.NONE: 1e-5, Recipe.FLOAT16: 1e-3, Recipe.DYNAMIC: 0.1, Recipe.INT8: 0.1}

# Batch normalisation with the statistics of the pictures: with those of a fresh model, all of them score alike.
_MAKE = """
import sys, keras, numpy as np
keras.utils.set_random_seed(1)
path, *pictures = sys.argv[1:]
model = keras.applications.MobileNetV3Small(weights=None, input_shape=(96, 96, 3), classes=10)
for layer in model.layers:
    if isinstance(layer, keras.layers.BatchNormalization):
        layer.momentum = 0.0
load = lambda picture: keras.utils.img_to_array(keras.utils.load_img(picture, target_size=(96, 96)))
model(np.stack([load(picture) for picture in pictures]), training=True)
model.save(path)
"""


@pytest.fixture(scope="module")
def mobilenet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("architectures") / "mobilenet.keras"
    subprocess.run([sys.executable, "-c", _MAKE, path, *sample_pictures()], check=True)
    return path


@pytest.mark.parametrize("recipe", Recipe)
def test_a_mobilenet_answers_as_keras_does(mobilenet: Path, tmp_path: Path, recipe: Recipe) -> None:
    request = ConversionRequest(
        source=mobilenet,
        output=tmp_path / "out.tflite",
        labels=tuple("abcdefghij"),
        preprocessing="mobilenet_v3",
        recipe=recipe,
        pictures=sample_pictures()[0].parent,
        agreement=0.9,
    )
    parity = convert(request, SilentReporter()).parity
    assert parity.pictures == 10
    assert parity.max_difference <= DIFFERENCES[recipe]
