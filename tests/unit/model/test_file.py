from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from tulle.errors import InvalidLabels, ModelNotFound, NotAModel, UnsupportedModel
from tulle.model.file import load_model
from tulle.model.metadata import Card, associated_files, embed, labels_file
from tulle.model.recipe import Recipe
from tulle.model.signature import Fit, Interpolation, Resize, Signature

MODELS = Path(__file__).parents[2] / "data/models"
TINY = MODELS / "tiny.tflite"
BARE = MODELS / "float.tflite"  # as TensorFlow's converter leaves it


def without_files() -> bytes:
    content = TINY.read_bytes()
    return content[: content.index(b"PK\x03\x04")]


def card(*labels: str) -> Card:
    signature = Signature(
        width=24,
        height=16,
        labels=labels,
        resize=Resize(interpolation=Interpolation.LANCZOS, fit=Fit.CROP),
        exif=False,
    )
    return Card(
        name="shapes",
        description="Tells shapes apart.",
        signature=signature,
        preprocessing="none",
        recipe=Recipe.NONE,
        source_sha256="ab" * 32,
    )


def test_a_model_says_itself_what_it_takes_and_gives() -> None:
    model = load_model(TINY)
    assert model.signature == Signature(
        width=24, height=16, labels=("circle", "square", "star"), resize=Resize(), exif=True
    )
    assert model.size_bytes == TINY.stat().st_size
    assert model.sha256 == hashlib.sha256(TINY.read_bytes()).hexdigest()


def test_what_is_embedded_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    labels = ("rain coat", "Ärmel", "t-shirt")
    path.write_bytes(embed(without_files(), card(*labels)))
    assert load_model(path).signature == card(*labels).signature


def test_any_zip_reader_finds_the_labels(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(embed(BARE.read_bytes(), card("a", "b", "c")))
    with zipfile.ZipFile(path) as archive:
        assert archive.read("labels.txt") == b"a\nb\nc\n"
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_STORED}
    assert labels_file(path.read_bytes()) == "labels.txt"


def test_the_model_itself_is_kept_as_it_was_and_aligned() -> None:
    bare = BARE.read_bytes()
    start = embed(bare, card("a", "b", "c")).find(bare)
    assert start > 0
    assert start % 16 == 0


def test_the_same_comes_out_as_the_same_bytes() -> None:
    assert embed(BARE.read_bytes(), card("a")) == embed(BARE.read_bytes(), card("a"))


def test_a_model_as_the_converter_leaves_it_says_nothing_of_itself() -> None:
    assert labels_file(BARE.read_bytes()) is None
    assert associated_files(BARE.read_bytes()) == {}


def test_refuses_a_model_that_takes_no_pixels() -> None:
    with pytest.raises(UnsupportedModel, match=r"takes float32\[-1, 16, 24, 3\], not pixels"):
        load_model(BARE)


def test_refuses_a_model_without_labels(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(without_files())
    with pytest.raises(InvalidLabels, match="holds no labels"):
        load_model(path)


def test_refuses_labels_that_are_not_one_for_each_output(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(embed(without_files(), card("a", "b")))
    with pytest.raises(InvalidLabels, match="3 outputs and 2 labels are given"):
        load_model(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x1c\0\0\0TFL3", b"PK\x03\x04" * 9])
def test_refuses_what_is_no_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(content)
    with pytest.raises(NotAModel, match="is no TF-Lite model"):
        load_model(path)


def test_a_model_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    content = TINY.read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        with pytest.raises((NotAModel, InvalidLabels)):
            load_model(path)


def test_says_that_there_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="there is no model at"):
        load_model(tmp_path / "absent.tflite")


def test_refuses_a_folder(tmp_path: Path) -> None:
    with pytest.raises(NotAModel, match="is a folder"):
        load_model(tmp_path)
