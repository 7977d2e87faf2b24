"""Conversion with real TensorFlow, in children, as users run it."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from made_pictures import write_every_kind
from tulle.errors import (
    InvalidLabels,
    MissingExtra,
    ModelError,
    ModelNotFound,
    NotAModel,
    ParityFailed,
    UnknownPreprocessing,
    UnreadablePicture,
    UnsupportedModel,
    UsageError,
)
from tulle.model.builtin import sample_pictures
from tulle.model.convert import ConversionRequest, convert
from tulle.model.file import load_model
from tulle.model.metadata import Card, embed
from tulle.model.recipe import Recipe
from tulle.model.serving import open_classifier
from tulle.model.signature import Fit, Interpolation, Resize, Signature
from tulle.model.sources.child import SourceChild
from tulle.model.sources.preprocessing import APPLICATIONS, find_preprocessing
from tulle.progress import SilentReporter

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SHAPES = ("circle", "square", "star")

_APPLICATIONS = """
import json, sys, keras
import numpy as np
pixels = np.array(json.loads(sys.argv[1]), "float32").reshape(1, 1, -1, 3)
print(json.dumps({
    name: module.preprocess_input(pixels.copy()).reshape(-1, 3).tolist()
    for name, module in vars(keras.applications).items()
    if hasattr(module, "preprocess_input") and name != "imagenet_utils"
}))
"""


_CARD = Card(
    name="",
    description="",
    signature=Signature(width=0, height=0, labels=(), resize=Resize(), exif=False),
    preprocessing="none",
    recipe=Recipe.NONE,
    source_sha256="",
)


class Story:
    """A `Reporter` that keeps what it hears."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.notes: list[str] = []
        self.step, self.note, self.warn, self.done = (
            self.steps.append,
            self.notes.append,
            self.notes.append,
            self.notes.append,
        )

    def progress(self, done_bytes: int, total_bytes: int) -> None:
        """Hear of no transfer: a conversion has none."""


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Have the project's own script make the models, in a child."""
    folder = tmp_path_factory.mktemp("models")
    script = ROOT / "tools/make_test_models.py"
    subprocess.run([sys.executable, script, folder], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    write_every_kind(folder)
    return folder


@pytest.fixture(scope="session")
def keras() -> Iterator[SourceChild]:
    """Start TensorFlow once for many questions."""
    with SourceChild("tulle.model.sources.keras.worker", sys.executable, SilentReporter()) as child:
        yield child


@pytest.fixture
def request_(models: Path, pictures: Path, tmp_path: Path) -> ConversionRequest:
    return ConversionRequest(
        source=models / "tiny.keras",
        output=tmp_path / "out.tflite",
        labels=SHAPES,
        preprocessing="none",
        pictures=pictures,
    )


@pytest.mark.parametrize(
    ("model", "preprocessing", "interpolation", "fit"),
    [
        ("tiny", "resnet50", Interpolation.BILINEAR, Fit.CROP),
        ("logits", "densenet", Interpolation.BICUBIC, Fit.LETTERBOX),
    ],
)
def test_a_converted_model_answers_as_keras_does(
    request_: ConversionRequest,
    model: str,
    preprocessing: str,
    interpolation: Interpolation,
    fit: Fit,
) -> None:
    resize = Resize(interpolation=interpolation, fit=fit)
    asked = replace(
        request_,
        source=request_.source.with_stem(model),
        preprocessing=preprocessing,
        resize=resize,
        exif=False,
    )
    story = Story()
    conversion = convert(asked, story)
    assert conversion.parity.same_category == conversion.parity.pictures == 24
    assert conversion.parity.max_difference < 1e-5
    assert conversion.softmax.added is (model == "logits")
    assert conversion.model == load_model(request_.output)
    assert conversion.model.signature.labels == SHAPES
    assert conversion.model.signature.resize == resize
    assert not conversion.model.signature.exif
    assert conversion.source_sha256.encode() in request_.output.read_bytes()
    assert story.steps == [
        "Start TensorFlow",
        f"Load {model}.keras",
        "Convert to TF-Lite",
        "Run the result on 24 pictures",
        "Run the original on 24 pictures",
    ]
    assert conversion.softmax.reason in story.notes[0]
    assert list(request_.output.parent.iterdir()) == [request_.output]


def test_a_result_that_differs_is_not_written(request_: ConversionRequest) -> None:
    request_.output.write_text("the last good one")
    with pytest.raises(ParityFailed, match="does not answer as the original does"):
        convert(replace(request_, preprocessing="xception", tolerance=0), SilentReporter())
    assert request_.output.read_text() == "the last good one"
    assert list(request_.output.parent.iterdir()) == [request_.output]


def test_the_command_prints_the_path_and_tells_the_story_apart(
    models: Path, tmp_path: Path
) -> None:
    ran = _tulle(models / "tiny.h5", "-o", "out.tflite", cwd=tmp_path)
    assert ran.stdout == "out.tflite\n"
    assert ran.returncode == 0
    assert "s  Convert to TF-Lite\n" in ran.stderr
    assert "scores differ by at most" in ran.stderr
    assert "TensorFlow binary" not in ran.stderr  # its own noise


def test_the_command_gives_json(models: Path, tmp_path: Path) -> None:
    ran = _tulle(models / "sigmoids.keras", "-o", "out.tflite", "--json", "--verbose", cwd=tmp_path)
    result: dict[str, Any] = json.loads(ran.stdout)
    assert result["path"] == "out.tflite"
    assert result["signature"] == {
        "width": 24,
        "height": 16,
        "labels": list(SHAPES),
        "resize": {"interpolation": "nearest", "fit": "stretch"},
        "exif": True,
    }
    assert result["softmax"]["added"] is False
    assert result["parity"]["tolerance"] == 1e-4
    assert "cpu_feature_guard" in ran.stderr  # TensorFlow's own noise, as asked for


def test_the_command_says_what_is_wrong(models: Path, tmp_path: Path) -> None:
    ran = _tulle(models / "own-layer.keras", "-o", "out.tflite", cwd=tmp_path)
    assert ran.returncode == 4
    assert ran.stdout == ""
    assert "error[unsupported-model]: own-layer.keras needs 'OwnLayer'" in ran.stderr
    assert "hint: " in ran.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("model", "error", "text"),
    [
        ("own-layer.keras", UnsupportedModel, "needs 'OwnLayer', which is code of your own"),
        ("subclassed.keras", UnsupportedModel, "needs 'Subclassed', which is code of your own"),
        ("lambda.keras", UnsupportedModel, "holds code in a layer, 'doubled', which"),
        ("lambda.h5", UnsupportedModel, "holds code in a layer, 'doubled', which"),
        ("keras-2-reading.h5", UnsupportedModel, "holds code in a layer, 'tf.math.truediv'"),
        ("reading", UnsupportedModel, "does more than compute: ReadFile"),
        ("estimator", UnsupportedModel, "has 2 outputs: classes, probabilities"),
        ("encoded", UnsupportedModel, "takes the bytes of encoded pictures, not their pixels"),
        ("empty-folder", NotAModel, "cannot read the SavedModel in empty-folder"),
        ("two-inputs.keras", UnsupportedModel, "the model has 2 inputs"),
        ("two-outputs.keras", UnsupportedModel, "the model has 2 outputs"),
        ("any-size.keras", UnsupportedModel, "takes pictures of any size"),
        ("five-channels.keras", UnsupportedModel, "not take pictures: its input is .16, 24, 5."),
        ("feature-map.keras", UnsupportedModel, "does not give one row of scores"),
        ("one-number.keras", InvalidLabels, "has 1 output and 3 labels are given"),
        ("fourier.keras", UnsupportedModel, "computes with what TF-Lite has not: .*FFT2D"),
        ("nan.keras", UnsupportedModel, "are not numbers"),
        ("single.keras", InvalidLabels, "has 1 output and 3 labels are given"),
        ("weights.weights.h5", NotAModel, "holds weights, not a whole model"),
        ("cut-short.h5", NotAModel, "Keras cannot read cut-short.h5"),
    ],
)
def test_a_model_that_cannot_be_served_is_refused(
    keras: SourceChild, models: Path, pictures: Path, model: str, error: type[ModelError], text: str
) -> None:
    (models / "empty-folder").mkdir(exist_ok=True)
    (models / "cut-short.h5").write_bytes((models / "tiny.h5").read_bytes()[:4000])
    with pytest.raises(error, match=text) as refusal:
        keras.ask(_question(models / model, pictures / "rgb.jpg", SHAPES))
    assert refusal.value.hint


@pytest.mark.parametrize(
    ("model", "labels", "fit"),
    [
        ("augmenting.keras", SHAPES, Fit.STRETCH),
        ("single.keras", ("shape",), Fit.STRETCH),
        ("single.keras", ("shape", "none"), Fit.STRETCH),
        ("one-number.keras", ("shape", "none"), Fit.STRETCH),
        ("sigmoids.keras", SHAPES, Fit.STRETCH),
        ("grey.keras", SHAPES, Fit.STRETCH),
        ("channels-first.keras", SHAPES, Fit.CROP),
        ("flat.keras", SHAPES, Fit.STRETCH),
        ("lambda.keras", SHAPES, Fit.STRETCH),
        ("odd-names.keras", SHAPES, Fit.STRETCH),
        ("exported", SHAPES, Fit.STRETCH),
        ("unsigned", SHAPES, Fit.STRETCH),
        ("hub", SHAPES, Fit.STRETCH),
        ("of-bytes", SHAPES, Fit.STRETCH),
        ("as-text", SHAPES, Fit.STRETCH),
        ("keras-2.h5", SHAPES, Fit.CROP),
        ("keras-2-functions.h5", SHAPES, Fit.CROP),
        ("keras-2-nested.h5", SHAPES, Fit.CROP),
        ("keras-2-folder", SHAPES, Fit.LETTERBOX),
    ],
)
def test_models_of_other_kinds_answer_as_they_did(
    keras: SourceChild,
    models: Path,
    tmp_path: Path,
    model: str,
    labels: tuple[str, ...],
    fit: Fit,
) -> None:
    question = _question(models / model, sample_pictures()[0], labels)
    answer = keras.ask(question | {"fit": fit, "allowed_code": ["doubled"]})
    assert (answer["width"], answer["height"]) == (24, 16)
    assert answer["softmax"]["added"] is (model in {"exported", "lambda.keras"})

    signature = Signature(width=24, height=16, labels=labels, resize=Resize(fit=fit), exif=False)
    served = tmp_path / "served.tflite"
    bare = Path(question["output"]).read_bytes()
    served.write_bytes(embed(bare, replace(_CARD, signature=signature)))
    classifier = open_classifier(load_model(served))
    pixels = classifier.pixels(sample_pictures()[0].read_bytes())
    (tmp_path / "pixels").write_bytes(pixels)
    question = {"do": "score", "pixels": str(tmp_path / "pixels")}
    scores = keras.ask(question | {"pictures": [str(sample_pictures()[0])]})["scores"]
    assert classifier.score(pixels) == pytest.approx(scores[0], abs=1e-5)


def test_pixels_of_whole_numbers_are_not_scaled_away(
    keras: SourceChild, models: Path, pictures: Path
) -> None:
    question = _question(models / "of-bytes", pictures / "rgb.jpg", SHAPES)
    scaled = asdict(find_preprocessing("-1..1"))
    with pytest.raises(UnsupportedModel, match=r"of which -1\.\.1 would leave nothing") as refusal:
        keras.ask(question | {"preprocessing": scaled})
    assert "--preprocessing none" in refusal.value.hint


def test_a_regression_model_is_refused(keras: SourceChild, models: Path, pictures: Path) -> None:
    question = _question(models / "one-number.keras", pictures / "rgb.jpg", ("price",))
    with pytest.raises(UnsupportedModel, match="gives one number that is no score") as refusal:
        keras.ask(question)
    assert "regression" in refusal.value.hint


def test_the_same_model_comes_out_as_the_same_bytes(
    keras: SourceChild, models: Path, pictures: Path
) -> None:
    question = _question(models / "tiny.keras", pictures / "rgb.jpg", SHAPES)
    outputs = []
    for _ in range(2):
        keras.ask(question)
        outputs.append(Path(question["output"]).read_bytes())
    assert outputs[0] == outputs[1]


def test_a_broken_picture_is_named(keras: SourceChild, models: Path, tmp_path: Path) -> None:
    picture = tmp_path / "broken.jpg"
    picture.write_bytes(b"\xff\xd8\xff and no more")
    with pytest.raises(UnreadablePicture, match=r"broken\.jpg cannot be compared on"):
        keras.ask(_question(models / "tiny.keras", picture, SHAPES))


def test_every_preprocessing_computes_what_keras_computes() -> None:
    pixels = [[0, 0, 0], [255, 255, 255], [1, 128, 254], [200, 100, 50]]
    ran = subprocess.run(
        [sys.executable, "-c", _APPLICATIONS, json.dumps(pixels)],
        check=True,
        capture_output=True,
        text=True,
    )
    by_keras: dict[str, list[list[float]]] = json.loads(ran.stdout)
    assert sorted(by_keras) == sorted(APPLICATIONS)
    for name, expected in by_keras.items():
        known = APPLICATIONS[name]
        computed = [
            [
                (value - mean) / std
                for value, mean, std in zip(
                    reversed(pixel) if known.bgr else pixel, known.mean, known.std, strict=True
                )
            ]
            for pixel in pixels
        ]
        for row, ours in zip(expected, computed, strict=True):
            assert ours == pytest.approx(row, abs=1e-5), name


def test_what_can_be_seen_early_is_refused_before_tensorflow_starts(
    request_: ConversionRequest, tmp_path: Path
) -> None:
    (tmp_path / "junk.keras").write_text("hello")
    (tmp_path / "junk.h5").write_text("hello")
    (tmp_path / "model.bin").write_text("hello")
    (tmp_path / "folder").mkdir()
    for changed, error, text in [
        ({"source": tmp_path / "absent.keras"}, ModelNotFound, "no model at"),
        ({"source": tmp_path / "folder"}, NotAModel, "a folder, and no SavedModel"),
        ({"source": tmp_path / "junk.keras"}, NotAModel, "no Keras model, or not all of it"),
        ({"source": tmp_path / "junk.h5"}, NotAModel, "no Keras model, or not all of it"),
        (
            {"source": tmp_path / "model.bin"},
            NotAModel,
            "neither a .keras, an .h5 nor a .tflite file",
        ),
        ({"preprocessing": None}, UsageError, "does not say what its input was trained with"),
        ({"labels": None}, InvalidLabels, "does not say what its outputs stand for"),
        ({"preprocessing": "exception"}, UnknownPreprocessing, "no preprocessing 'exception'"),
        ({"labels": ("a", "b", "a")}, InvalidLabels, "'a' is there 2 times"),
        ({"output": tmp_path / "absent/out.tflite"}, UsageError, "nothing can be written"),
        ({"output": Path("/proc/out.tflite")}, UsageError, "nothing can be written"),
        ({"output": tmp_path / "folder"}, UsageError, "result cannot be written"),
        ({"output": request_.source}, UsageError, "result cannot be written"),
    ]:
        story = Story()
        with pytest.raises(error, match=text):
            convert(replace(request_, **changed), story)  # type: ignore[arg-type]  # one field each
        assert story.steps == []


def test_without_tensorflow_the_extra_to_install_is_named(
    request_: ConversionRequest, tmp_path: Path
) -> None:
    python = _python_without_tensorflow(tmp_path / "venv")
    with pytest.raises(MissingExtra, match="No module named") as refusal:
        convert(replace(request_, python=str(python)), SilentReporter())
    assert "tulle[keras]" in refusal.value.hint


def test_a_child_that_dies_is_told_of_with_its_last_words(
    request_: ConversionRequest, tmp_path: Path
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho out of luck >&2\nexit 3\n")
    python.chmod(0o755)
    with pytest.raises(ModelError, match="ended with status 3") as refusal:
        convert(replace(request_, python=str(python)), SilentReporter())
    assert refusal.value.detail == "out of luck"


def _tulle(*arguments: Path | str, cwd: Path) -> subprocess.CompletedProcess[str]:
    start = "from tulle.cli import main; main()"
    options = ["--labels", ",".join(SHAPES), "--preprocessing", "none"]
    return subprocess.run(
        [sys.executable, "-c", start, "convert", *arguments, *options],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def _question(source: Path, picture: Path, labels: tuple[str, ...]) -> dict[str, Any]:
    return {
        "do": "convert",
        "source": str(source),
        "output": str(source.with_suffix(".out")),
        "labels": labels,
        "allowed_code": [],
        "preprocessing": asdict(find_preprocessing("none")),
        "recipe": "none",
        "interpolation": "nearest",
        "fit": "stretch",
        "softmax": None,
        "pictures": [str(picture)],
    }


def _python_without_tensorflow(folder: Path) -> Path:
    """Make an environment that has tulle and nothing else."""
    venv.create(folder, symlinks=True)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "tulle.pth").write_text(f"{ROOT / 'src'}\n")
    return folder / "bin/python"
