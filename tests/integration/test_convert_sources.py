"""Conversion of `.tflite` files that others made, in a child with TF-Lite's own interpreter."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flatbuffers
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from tulle.errors import (
    ConversionFailed,
    InvalidLabels,
    NotAModel,
    TulleError,
    UnsupportedModel,
    UsageError,
)
from tulle.model.convert import ConversionRequest, convert
from tulle.model.file import load_model
from tulle.model.flatbuffer.reading import root
from tulle.model.inspection import inspect_file
from tulle.model.metadata import Card, embed
from tulle.model.recipe import Recipe
from tulle.model.signature import Fit, Interpolation, Resize, Signature
from tulle.model.sources.preprocessing import Channels
from tulle.progress import SilentReporter

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCES = Path(__file__).parents[1] / "data/models/sources"
TEACHABLE = SOURCES / "teachable-machine"
SHAPES = ("circle", "square", "star")


class Story(SilentReporter):
    """A `Reporter` that keeps what it hears."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.warnings: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)


@pytest.fixture
def request_(tmp_path: Path) -> ConversionRequest:
    return ConversionRequest(
        source=SOURCES / "logits.tflite", output=tmp_path / "out.tflite", labels=SHAPES
    )


@pytest.mark.parametrize("name", ["model_unquant", "model"])
def test_teachable_machine_works_without_options(tmp_path: Path, name: str) -> None:
    shutil.copytree(TEACHABLE, tmp_path, dirs_exist_ok=True)
    ran = subprocess.run(
        [sys.executable, "-c", "from tulle.cli import main; main()", "convert", f"{name}.tflite"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == f"{name}.tulle.tflite\n"
    assert "labels taken from labels.txt beside it: Rock, Paper, Scissors cut" in ran.stderr
    assert not [line for line in ran.stderr.splitlines() if line.startswith("!")]
    signature = load_model(tmp_path / f"{name}.tulle.tflite").signature
    assert signature.labels == ("Rock", "Paper", "Scissors cut")
    assert (signature.width, signature.height) == (224, 224)


@pytest.mark.parametrize(
    ("name", "labels", "reason"),
    [
        ("int8", SHAPES, "the input is int8: pixels go in as they are"),
        ("grey", SHAPES, "preprocessing 0..1: the file does not say"),
        ("grey-uint8", SHAPES, "the input is uint8"),
        ("channels-first", SHAPES, "its channels come first, as in PyTorch"),
        ("channels-first-int8", SHAPES, "the input is int8"),
        ("rescaling", SHAPES, "the graph itself scales pixels, from 0..255"),
        ("merged-rescaling", SHAPES, "answers all pictures alike unless they are from 0 to 255"),
        ("logits", SHAPES, "preprocessing -1..1: the file does not say"),
        ("sigmoid", ("hat",), "the file does not say"),
        ("sigmoid", ("hat", "shoe"), "the file does not say"),
        ("one-number", ("hat", "shoe"), "the file does not say"),
    ],
)
def test_a_model_answers_as_the_original_does(
    request_: ConversionRequest, name: str, labels: tuple[str, ...], reason: str
) -> None:
    story = Story()
    asked = replace(request_, source=SOURCES / f"{name}.tflite", labels=labels)
    conversion = convert(asked, story)
    assert conversion.parity.max_difference < 1e-6
    assert conversion.parity.same_category == conversion.parity.pictures
    assert conversion.model == load_model(request_.output)
    assert conversion.model.signature.labels == labels
    assert any(reason in text for text in story.notes + story.warnings)
    assert conversion.softmax.added is (name == "logits")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("logits", {"preprocessing": "vgg16"}),
        ("logits", {"preprocessing": "-0.5..0.5", "channels": Channels.BGR}),
        ("logits", {"preprocessing": "0..1", "mean": (0.485, 0.456, 0.406), "std": (0.229,)}),
        ("logits", {"recipe": Recipe.FLOAT16}),
        ("channels-first", {"mean": (103.9, 116.8, 123.7)}),
        ("grey", {"resize": Resize(interpolation=Interpolation.LANCZOS, fit=Fit.LETTERBOX)}),
        ("int8", {"preprocessing": "0..1"}),  # not what it was quantised for: computed in floats
        ("int8", {"channels": Channels.BGR, "mean": (127.5,), "std": (127.5,)}),
    ],
)
def test_what_the_user_says_goes_before_what_the_file_says(
    request_: ConversionRequest, name: str, options: dict[str, object]
) -> None:
    asked = replace(request_, source=SOURCES / f"{name}.tflite", **options)  # type: ignore[arg-type]  # any field
    parity = convert(asked, SilentReporter()).parity
    assert parity.same_category == parity.pictures


@pytest.mark.parametrize("name", ["flat", "dynamic"])
def test_grey_pictures_need_no_axis_for_the_channel(request_: ConversionRequest, name: str) -> None:
    digits = tuple("0123456789")
    source = SOURCES / f"{name}.tflite"
    asked = replace(request_, source=source, labels=digits, preprocessing="0..1")
    conversion = convert(asked, SilentReporter())
    assert (conversion.model.signature.width, conversion.model.signature.height) == (28, 28)
    assert conversion.parity.max_difference < (1e-6 if name == "flat" else 0.05)


def test_labels_and_normalisation_are_read_from_the_file(
    request_: ConversionRequest, tmp_path: Path
) -> None:
    signature = Signature(width=24, height=16, labels=SHAPES, resize=Resize(), exif=True)
    card = Card(
        name="",
        description="",
        signature=signature,
        preprocessing="",
        recipe=Recipe.NONE,
        source_sha256="",
    )
    source = tmp_path / "told.tflite"
    source.write_bytes(embed((SOURCES / "logits.tflite").read_bytes(), card))
    story = Story()
    conversion = convert(replace(request_, source=source, labels=None), story)
    assert conversion.model.signature.labels == SHAPES
    assert conversion.preprocessing == "mean 0, std 1"
    assert "preprocessing mean 0, std 1: the file's metadata says mean 0, std 1" in story.notes
    assert not story.warnings


def test_a_result_can_be_converted_again(request_: ConversionRequest, tmp_path: Path) -> None:
    once = convert(request_, SilentReporter())
    story = Story()
    again = convert(
        ConversionRequest(source=once.model.path, output=tmp_path / "again.tflite"), story
    )
    assert again.model.signature == once.model.signature
    assert again.parity.max_difference < 1e-6
    assert not story.warnings


def test_halved_weights_need_the_tensorflow_lite_that_reads_them(
    request_: ConversionRequest,
) -> None:
    convert(request_, SilentReporter())
    assert inspect_file(request_.output).min_runtime_version == "1.6.0"
    convert(replace(request_, recipe=Recipe.FLOAT16), SilentReporter())
    assert inspect_file(request_.output).min_runtime_version == "1.15.0"


@pytest.mark.parametrize("name", ["grey", "int8", "logits", "rescaling"])
def test_the_result_is_whole_for_other_programs(request_: ConversionRequest, name: str) -> None:
    source = SOURCES / f"{name}.tflite"
    content = convert(replace(request_, source=source), SilentReporter()).model.path.read_bytes()
    assert content.find(source.read_bytes()) % 16 == 0  # the weights are aligned as they were
    for buffer in root(content, b"TFL3").tables(4):
        extent = buffer.extent(0)
        assert extent.start == extent.stop or extent.start % 4 == 0
    runner = Interpreter(model_content=content).get_signature_runner("serving_default")
    assert list(runner.get_input_details()) == ["pixels"]
    assert list(runner.get_output_details()) == ["scores"]


@pytest.mark.parametrize(
    ("name", "error", "text"),
    [
        ("two-outputs", UnsupportedModel, "the model has 2 outputs: "),
        ("any-size", UnsupportedModel, "takes pictures of any size"),
        ("flex", UnsupportedModel, "computes with what LiteRT has not: FlexComplex, FlexFFT2D"),
        ("one-number", InvalidLabels, "has 1 output and 3 labels"),
    ],
)
def test_a_model_that_cannot_be_served_is_refused(
    request_: ConversionRequest, name: str, error: type[TulleError], text: str
) -> None:
    with pytest.raises(error, match=text) as refusal:
        convert(replace(request_, source=SOURCES / f"{name}.tflite"), SilentReporter())
    assert refusal.value.hint
    assert list(request_.output.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("changed", "error", "text"),
    [
        ({"recipe": Recipe.INT8}, UsageError, "int8 needs pictures"),
        ({"labels": None}, InvalidLabels, "logits.tflite does not say what its outputs stand for"),
        ({"labels": ("a", "b")}, InvalidLabels, "3 outputs and 2 labels"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    request_: ConversionRequest, changed: dict[str, object], error: type[TulleError], text: str
) -> None:
    with pytest.raises(error, match=text):
        convert(replace(request_, **changed), SilentReporter())  # type: ignore[arg-type]  # one field each


def _newer(model: Any) -> None:
    model.operatorCodes[0].version = 99


def _remembering(model: Any) -> None:
    model.subgraphs[0].tensors[3].isVariable = True


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (_newer, "CONV_2D in version 99, which LiteRT has not"),
        (_remembering, "keeps numbers from one picture to the next"),
    ],
)
def test_what_litert_cannot_run_is_named(
    request_: ConversionRequest, tmp_path: Path, change: Callable[[Any], None], text: str
) -> None:
    model = schema.ModelT.InitFromPackedBuf((SOURCES / "logits.tflite").read_bytes(), 0)
    change(model)
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), b"TFL3")
    source = tmp_path / "changed.tflite"
    source.write_bytes(builder.Output())
    with pytest.raises(UnsupportedModel, match=text) as refusal:
        convert(replace(request_, source=source), SilentReporter())
    assert refusal.value.hint


@pytest.mark.parametrize("write", [repr, json.dumps])
def test_what_ultralytics_writes_into_a_file_is_read(
    request_: ConversionRequest, tmp_path: Path, write: Callable[[object], str]
) -> None:
    told = {
        "author": "Ultralytics",
        "task": "classify",
        "names": {0: "hat", 1: "t-shirt", 2: "it's"},
    }
    source = tmp_path / "best_float32.tflite"
    shutil.copy(SOURCES / "logits.tflite", source)
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr("metadata.json", write(told))
    conversion = convert(replace(request_, source=source, labels=None), SilentReporter())
    assert conversion.model.signature.labels == ("hat", "t-shirt", "it's")
    assert conversion.preprocessing == "0..1"
    assert inspect_file(source).labels == conversion.model.signature.labels


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _point_beyond(content: bytes) -> bytes:
    return struct.pack("<I", 0x7FFFFFF0) + content[4:]


def _mix(content: bytes) -> bytes:
    return content[:64] + bytes(reversed(content[64:]))


@pytest.mark.parametrize("damage", [_cut, _point_beyond, _mix, lambda _: b"", lambda _: b"hello"])
def test_a_corrupt_file_is_refused(
    request_: ConversionRequest, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    source = tmp_path / "corrupt.tflite"
    source.write_bytes(damage((SOURCES / "logits.tflite").read_bytes()))
    with pytest.raises((NotAModel, ConversionFailed)) as refusal:
        convert(replace(request_, source=source), SilentReporter())
    assert refusal.value.hint
