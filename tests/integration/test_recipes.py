"""Conversion with every recipe, by real TensorFlow: smaller files that give the same categories."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tulle.errors import PictureNotFound, UsageError
from tulle.model.builtin import sample_pictures
from tulle.model.convert import ConversionRequest, convert
from tulle.model.recipe import Recipe
from tulle.progress import SilentReporter

CLOTHING = Path(__file__).parents[2] / "examples/clothing"


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


@pytest.mark.parametrize(
    ("recipe", "share"), [(Recipe.FLOAT16, 0.54), (Recipe.DYNAMIC, 0.3), (Recipe.INT8, 0.32)]
)
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
