"""A model opened as the function opens it."""

from __future__ import annotations

import ctypes
import json
import shutil
from pathlib import Path

import pytest

from made_pictures import encode, noise
from tulle_runtime.classifier import Classifier
from tulle_runtime.faults import ModelFault
from tulle_runtime.litert import LiteRtModel
from tulle_runtime.manifest import read_manifest

MODELS = Path(__file__).parents[2] / "data/models"
TINY = str(MODELS / "tiny.tflite")
LABELS = ("circle", "square", "star")
MANIFEST = {
    "schema": 1,
    "model": "model.tflite",
    "labels": list(LABELS),
    "interpolation": "bilinear",
    "fit": "crop",
    "exif": False,
    "allow_private_addresses": False,
}


def test_answers_with_a_category_and_every_score() -> None:
    prediction = Classifier(TINY, LABELS).predict(encode(noise(), "PNG"))
    assert tuple(prediction.scores) == LABELS
    assert sum(prediction.scores.values()) == pytest.approx(1, abs=1e-6)
    assert prediction.scores[prediction.category] == max(prediction.scores.values())
    assert prediction.timings.keys() == {"decode", "infer"}


def test_answers_the_same_again_and_after_another_picture() -> None:
    classifier = Classifier(TINY, LABELS)
    first, second = encode(noise(seed=1), "PNG"), encode(noise(seed=2), "PNG")
    answers = [classifier.predict(picture).scores for picture in (first, second, first)]
    assert answers[0] == answers[2] != answers[1]


@pytest.mark.parametrize("threads", [1, 2])
def test_answers_the_same_with_any_number_of_threads(threads: int) -> None:
    pixels = noise(size=(24, 16)).tobytes()
    assert Classifier(TINY, LABELS, threads=threads).score(pixels) == Classifier(
        TINY, LABELS
    ).score(pixels)


def test_writes_scores_with_the_fewest_digits_that_name_them() -> None:
    for score in LiteRtModel(TINY).run(noise(size=(24, 16)).tobytes()):
        assert len(repr(score).partition("e")[0].replace(".", "").lstrip("0")) <= 9


def test_refuses_pixels_of_another_size() -> None:
    with pytest.raises(ValueError, match="3 bytes of pixels given, the model takes 1152"):
        LiteRtModel(TINY).run(b"abc")


def test_refuses_labels_that_are_too_few() -> None:
    with pytest.raises(ModelFault, match="2 labels are given and the model has 3 classes"):
        Classifier(TINY, LABELS[:2])


def test_refuses_a_resizing_that_there_is_not() -> None:
    with pytest.raises(ModelFault, match="'cubic'"):
        Classifier(TINY, LABELS, interpolation="cubic")


def test_refuses_a_model_that_takes_floats() -> None:
    with pytest.raises(ModelFault, match=r"the function serves models that take uint8"):
        LiteRtModel(str(MODELS / "float.tflite"))


def test_refuses_a_file_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "model.tflite").write_bytes(b"not a flatbuffer, but long enough to be looked at")
    with pytest.raises(ModelFault, match="LiteRT refused the model"):
        LiteRtModel(str(tmp_path / "model.tflite"))


def test_tells_of_a_compilation_that_fails_without_a_word() -> None:
    model = LiteRtModel(TINY)
    nothing = ctypes.c_void_p(None)
    with pytest.raises(
        ModelFault, match="LiteRtCreateCompiledModel answered 1: it does not say why"
    ):
        model._compile(nothing, nothing)


def test_says_that_there_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFault, match="there is no model"):
        LiteRtModel(str(tmp_path / "model.tflite"))


def test_opens_what_the_manifest_names(tmp_path: Path) -> None:
    shutil.copy(TINY, tmp_path / "model.tflite")
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    classifier = Classifier.from_manifest(read_manifest(str(tmp_path)))
    picture = encode(noise(), "PNG")
    expected = Classifier(TINY, LABELS, interpolation="bilinear", fit="crop", exif=False)
    assert classifier.predict(picture).scores == expected.predict(picture).scores


def test_says_that_there_is_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(ModelFault, match="there is no manifest"):
        read_manifest(str(tmp_path))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is not a manifest"),
        ("[]", "is not a manifest"),
        (json.dumps({"schema": 1}), "is not a manifest"),
        (json.dumps({**MANIFEST, "labels": "circle"}), "'labels' is not a list"),
        (json.dumps({**MANIFEST, "schema": 2}), "has schema 2; this runtime reads 1"),
    ],
)
def test_refuses_what_is_no_manifest(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(ModelFault, match=says):
        read_manifest(str(tmp_path))


@pytest.mark.parametrize("value", ["true", 1, None])
def test_allows_private_addresses_only_by_a_plain_true(tmp_path: Path, value: object) -> None:
    (tmp_path / "manifest.json").write_text(
        json.dumps({**MANIFEST, "allow_private_addresses": value})
    )
    assert read_manifest(str(tmp_path)).allow_private_addresses is False
