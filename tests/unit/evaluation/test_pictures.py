from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tulle.errors import PictureNotFound, UnknownCategories
from tulle.evaluation.pictures import LeftOut, read_folder, select_pictures

if TYPE_CHECKING:
    from pathlib import Path


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_takes_the_pictures_of_each_folder_and_of_the_folders_in_it(tmp_path: Path) -> None:
    touch(tmp_path, "hat/b.jpg", "hat/a.PNG", "hat/more/c.webp", "dress/d.heic", "dress/notes.txt")
    found = read_folder(tmp_path)
    assert [
        (name, [picture.path for picture in pictures]) for name, pictures in found.categories
    ] == [("dress", ["dress/d.heic"]), ("hat", ["hat/a.PNG", "hat/b.jpg", "hat/more/c.webp"])]


def test_passes_over_what_is_hidden_and_counts_what_has_no_category(tmp_path: Path) -> None:
    touch(tmp_path, "hat/a.jpg", "hat/._a.jpg", "hat/.checkpoints/b.jpg", ".trash/c.jpg", "d.jpg")
    touch(tmp_path, "README.md", "empty/readme.txt")
    found = read_folder(tmp_path)
    assert [name for name, _ in found.categories] == ["hat"]
    assert found.loose_pictures == 1
    assert len(found.categories[0][1]) == 1


def test_refuses_a_folder_without_pictures_in_folders(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "b.jpg")
    with pytest.raises(PictureNotFound, match="2 beside them have no category"):
        read_folder(tmp_path)
    with pytest.raises(PictureNotFound, match=r"a\.jpg is a file"):
        read_folder(tmp_path / "a.jpg")
    with pytest.raises(PictureNotFound, match="none is not there"):
        read_folder(tmp_path / "none")


def test_leaves_out_what_one_of_the_models_does_not_know(tmp_path: Path) -> None:
    touch(tmp_path, "hat/a.jpg", "shirt/b.jpg", "shirt/c.jpg")
    labels = {"old": ("hat", "shirts"), "new": ("shirt", "hat")}
    selection = select_pictures(read_folder(tmp_path), labels)
    assert [picture.path for picture in selection.pictures] == ["hat/a.jpg"]
    assert selection.left_out == (
        LeftOut(category="shirt", pictures=2, reason="is no label of old; the nearest is 'shirts'"),
    )


def test_names_the_nearest_label_where_no_folder_is_one(tmp_path: Path) -> None:
    touch(tmp_path, "T-Shirts/a.jpg", "0/b.jpg")
    with pytest.raises(UnknownCategories) as caught:
        select_pictures(read_folder(tmp_path), {"clothing": ("hat", "t-shirt")})
    assert caught.value.detail == ("0 is no label\nT-Shirts is no label; the nearest is 't-shirt'")
    assert caught.value.hint == "name the folders as the labels are: hat, t-shirt"


def test_sees_that_the_categories_lie_one_folder_deeper(tmp_path: Path) -> None:
    touch(tmp_path, "train/hat/a.jpg", "validation/hat/a.jpg")
    with pytest.raises(UnknownCategories) as caught:
        select_pictures(read_folder(tmp_path), {"clothing": ("hat", "t-shirt")})
    assert caught.value.hint == f"did you mean {tmp_path / 'train'} or {tmp_path / 'validation'}?"
