from __future__ import annotations

import random
import re
from contextlib import suppress
from pathlib import Path

import pytest

from tulle.errors import ModelNotFound, NotAModel
from tulle.model.inspection import TensorSummary, inspect_file

MODELS = Path(__file__).parents[2] / "data/models"


def test_tells_what_tulle_put_into_a_file() -> None:
    file = inspect_file(MODELS / "tiny.tflite")
    assert file.inputs == (
        TensorSummary(name="serving_default_pixels:0", type="uint8", shape=(1, 16, 24, 3)),
    )
    assert [str(tensor) for tensor in file.outputs] == ["float32[1, 3]"]
    assert file.operators == (
        ("CAST", 1),
        ("AVERAGE_POOL_2D", 1),
        ("RESHAPE", 1),
        ("FULLY_CONNECTED", 1),
        ("SOFTMAX", 1),
    )
    assert file.parameters == 54
    assert dict(file.weights) == {"float32": 216, "int32": 8}
    assert file.labels == ("circle", "square", "star")
    assert file.folded["preprocessing"] == "none"
    assert file.signatures == ("serving_default",)
    assert file.size_bytes == (MODELS / "tiny.tflite").stat().st_size
    assert file.sha256.startswith("e417c98f")


def test_tells_of_a_file_that_others_made() -> None:
    file = inspect_file(MODELS / "float.tflite")
    assert [str(tensor) for tensor in file.inputs] == ["float32[-1, 16, 24, 3]"]
    assert (file.labels, file.folded, file.custom) == ((), {}, ())
    assert file.min_runtime_version == "1.11.0"
    assert file.description == "MLIR Converted."


@pytest.mark.parametrize("seed", range(200))
def test_a_broken_file_is_refused_or_read_but_never_fails_otherwise(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    content = bytearray((MODELS / "tiny.tflite").read_bytes())
    if seed % 2:
        del content[chance.randrange(len(content)) :]
    for _ in range(seed % 4 * 5):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path = tmp_path / "broken.tflite"
    path.write_bytes(content)
    with suppress(NotAModel):
        inspect_file(path)


@pytest.mark.parametrize("content", [b"", b"TFL3", bytes(range(256))])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(content)
    with pytest.raises(NotAModel, match="no TF-Lite model, or not all of it"):
        inspect_file(path)


@pytest.mark.parametrize(
    ("content", "what", "hint"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:5", "Git LFS", "git lfs pull"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html>", "web page", "Download raw file"),
        (b"\x89HDF\r\n\x1a\n\0", "an HDF5 file", r"\.h5"),
        (b"PK\x03\x04\x14", "a zip archive", r"\.keras"),
        (b"\x1f\x8b\x08", "a gzip archive", "unpack"),
    ],
)
def test_what_was_taken_for_a_model_is_called_by_its_name(
    tmp_path: Path, content: bytes, what: str, hint: str
) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(content)
    with pytest.raises(NotAModel, match=what) as refusal:
        inspect_file(path)
    assert re.search(hint, refusal.value.hint)


def test_a_keras_model_is_to_be_converted_first(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n\0")
    with pytest.raises(NotAModel, match=r"no \.tflite file") as refusal:
        inspect_file(path)
    assert "tulle convert" in refusal.value.hint


def test_a_path_without_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="no model at"):
        inspect_file(tmp_path / "absent.tflite")
    with pytest.raises(NotAModel, match="is a directory"):
        inspect_file(tmp_path)
