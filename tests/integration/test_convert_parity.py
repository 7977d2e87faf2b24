"""What `tulle predict` answers for a converted model is what Keras itself answers for the source."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TOLERANCE = 1e-4
SCRIPT = Path(__file__).parents[2] / "tools/make_test_models.py"
LABELS = [f"category {number}" for number in range(10)]

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


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    _run([SCRIPT, folder, "network"])
    return folder / "network.keras"


def test_predict_answers_as_keras_does(source: Path, photographs: tuple[Path, ...]) -> None:
    count = min(50, len(photographs))
    pictures = [photographs[index * len(photographs) // count] for index in range(count)]
    paths = [str(path) for path in pictures]
    by_keras = json.loads(_run(["-c", _KERAS, source], json.dumps(paths)))

    labels = source.with_name("labels.txt")
    labels.write_text("\n".join(LABELS))
    converted = source.with_suffix(".tflite")
    trained = ["--preprocessing", "mobilenet_v2", "--ignore-exif"]
    _tulle("convert", source, "--labels", labels, *trained)
    answers = json.loads(_tulle("predict", "--model", converted, "--json", *paths))["predictions"]

    assert len({answer["category"] for answer in answers}) > 1  # a model that tells pictures apart
    for path, expected, answer in zip(paths, by_keras, answers, strict=True):
        scores = [answer["scores"][label] for label in LABELS]
        assert scores == pytest.approx(expected, rel=0, abs=TOLERANCE), path
        assert answer["category"] == LABELS[expected.index(max(expected))], path


def _tulle(*arguments: Path | str) -> str:
    return _run(["-c", "from tulle.cli import main; main()", *arguments])


def _run(arguments: list[Path | str], stdin: str = "") -> str:
    ran = subprocess.run(
        [sys.executable, *arguments], input=stdin, check=True, capture_output=True, text=True
    )
    return ran.stdout
