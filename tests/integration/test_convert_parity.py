"""What `tulle predict` answers for a converted model is what Keras itself answers for the source."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TOLERANCE = 1e-4
CLOTHING = Path(__file__).parents[2] / "examples/clothing"

# As a user of Keras would write it.
_KERAS = """
import json, sys
import keras, numpy as np
model = keras.models.load_model(sys.argv[1])
scores = []
for path in json.load(sys.stdin):
    picture = keras.utils.load_img(path, target_size=model.input_shape[1:3])
    pixels = np.expand_dims(keras.utils.img_to_array(picture), 0)
    prepared = keras.applications.mobilenet_v2.preprocess_input(pixels)
    scores.append(model.predict(prepared, verbose=0)[0].tolist())
print(json.dumps(scores))
"""


def test_predict_answers_as_keras_does(photographs: tuple[Path, ...], tmp_path: Path) -> None:
    count = min(50, len(photographs))
    paths = [str(photographs[index * len(photographs) // count]) for index in range(count)]
    source, labels = CLOTHING / "clothing.keras", CLOTHING / "labels.txt"
    by_keras = json.loads(_run(["-c", _KERAS, source], json.dumps(paths)))

    # Keras does not turn pictures upright, and has no name for the range -1 to 1.
    converted = tmp_path / "clothing.tflite"
    as_keras: list[Path | str]
    as_keras = ["--labels", labels, "--preprocessing", "mobilenet_v2", "--ignore-exif"]
    _tulle("convert", source, "--output", converted, *as_keras)
    answers = json.loads(_tulle("predict", "--model", converted, "--json", *paths))["predictions"]

    names = labels.read_text().split()
    for path, expected, answer in zip(paths, by_keras, answers, strict=True):
        scores = [answer["scores"][name] for name in names]
        assert scores == pytest.approx(expected, rel=0, abs=TOLERANCE), path
        assert answer["category"] == names[expected.index(max(expected))], path


def _tulle(*arguments: Path | str) -> str:
    return _run(["-c", "from tulle.cli import main; main()", *arguments])


def _run(arguments: list[Path | str], stdin: str = "") -> str:
    ran = subprocess.run(
        [sys.executable, *arguments], input=stdin, check=True, capture_output=True, text=True
    )
    return ran.stdout
