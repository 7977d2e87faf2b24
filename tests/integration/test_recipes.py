"""Conversion with every recipe, by real TensorFlow: smaller files that give the same categories."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tulle.errors import PictureNotFound, UsageError
from tulle.model.builtin import sample_pictures
from tulle.model.convert import ConversionRequest, convert
from tulle.model.file import load_model
from tulle.model.recipe import Recipe
from tulle.model.trials.choice import convert_by_measurement
from tulle.progress import SilentReporter

CLOTHING = Path(__file__).parents[2] / "examples/clothing"
FLOAT = Path(__file__).parents[1] / "data/models/float.tflite"


class Warnings(SilentReporter):
    """A `Reporter` that keeps what the user should look at."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def warn(self, text: str) -> None:
        self.heard.append(text)


@pytest.fixture
def request_(tmp_path: Path) -> ConversionRequest:
    return ConversionRequest(
        source=CLOTHING / "clothing.keras",
        output=tmp_path / "out.tflite",
        labels=tuple((CLOTHING / "labels.txt").read_text().split()),
        preprocessing="-1..1",
    )


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay samples into a folder with a file that is no picture."""
    folder = tmp_path_factory.mktemp("pictures")
    for picture in sample_pictures():
        shutil.copy(picture, folder)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff and no more")
    return folder


@pytest.mark.parametrize(("recipe", "share"), [(Recipe.FLOAT16, 0.54), (Recipe.INT8, 0.32)])
def test_a_recipe_makes_the_file_smaller_and_keeps_the_categories(
    request_: ConversionRequest, pictures: Path, recipe: Recipe, share: float
) -> None:
    reporter = Warnings()
    conversion = convert(replace(request_, recipe=recipe, pictures=pictures), reporter)
    assert conversion.recipe is recipe
    assert conversion.model.size_bytes < share * 13_502_780  # as it is with `none`
    assert conversion.parity.same_category == conversion.parity.pictures == 10
    assert conversion.parity.max_difference <= conversion.parity.tolerance
    with zipfile.ZipFile(request_.output) as archive:
        assert json.loads(archive.read("tulle.json"))["recipe"] == recipe
    assert [text.rpartition("/")[2][:26] for text in reporter.heard] == [
        "broken.jpg cannot be read:",
        "left out 1 of 11 pictures",
    ]


def test_auto_measures_every_recipe_and_keeps_one_within_the_loss(
    request_: ConversionRequest, tmp_path: Path
) -> None:
    pictures = tmp_path / "pictures"
    for picture in sample_pictures():
        (pictures / picture.stem).mkdir(parents=True)
        shutil.copy(picture, pictures / picture.stem)
    asked = replace(request_, pictures=pictures)
    choice = convert_by_measurement(asked, max_loss=0, reporter=SilentReporter())
    sizes = {each.recipe: each.size_bytes for each in choice.measurements}
    assert list(sizes) == list(Recipe)
    assert sizes[Recipe.DYNAMIC] < sizes[Recipe.INT8] < sizes[Recipe.FLOAT16] < sizes[Recipe.NONE]
    kept = next(each for each in choice.measurements if each.recipe is choice.conversion.recipe)
    assert kept.loss <= 0
    assert kept.accuracy is not None
    assert kept.memory_bytes is not None
    assert choice.conversion.model == load_model(request_.output)
    assert sorted(tmp_path.iterdir()) == [request_.output, pictures]


def test_auto_makes_of_a_tflite_file_what_can_be_made_of_one(tmp_path: Path) -> None:
    output = tmp_path / "out.tflite"
    options = ["--labels", "a,b,c", "--preprocessing", "none", "--recipe", "auto"]
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "tulle",
            "convert",
            FLOAT,
            "-o",
            output,
            *options,
            "--max-loss=1%",
            "--json",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    measured = json.loads(ran.stdout)["measured"]
    assert [each["recipe"] for each in measured["recipes"]] == ["none", "float16", "dynamic"]
    assert measured["max_loss"] == 0.01
    assert measured["pictures"] == 10
    assert "recipe" in ran.stderr
    assert "float16" in ran.stderr


def test_a_loss_that_is_no_share_is_refused(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tulle", "convert", FLOAT, "--recipe", "auto", "--max-loss", "much"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert ran.returncode == 2
    assert "'much' is no share: write 0.5% or 0.005" in ran.stderr


def test_int8_without_pictures_to_calibrate_with_is_refused(request_: ConversionRequest) -> None:
    with pytest.raises(UsageError, match="int8 needs pictures") as refusal:
        convert(replace(request_, recipe=Recipe.INT8), SilentReporter())
    assert "--pictures FOLDER" in refusal.value.hint


@pytest.mark.parametrize("content", [None, b"no picture"])
def test_a_folder_without_a_readable_picture_is_refused(
    request_: ConversionRequest, tmp_path: Path, content: bytes | None
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    if content:
        (folder / "a.jpg").write_bytes(content)
    with pytest.raises(PictureNotFound, match=r"no pictures in|none of the 1 pictures"):
        convert(
            replace(request_, recipe=Recipe.INT8, pictures=folder),
            SilentReporter(),
        )
