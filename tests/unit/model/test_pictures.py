from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tulle.errors import PictureNotFound
from tulle.model.pictures import find_pictures

if TYPE_CHECKING:
    from pathlib import Path


def test_takes_pictures_from_every_folder_evenly(tmp_path: Path) -> None:
    for category in ("hat", "pants"):
        (tmp_path / category).mkdir()
        for number in range(60):
            (tmp_path / category / f"{number:02}.JPG").touch()
    (tmp_path / "README.md").touch()
    found = find_pictures(tmp_path)
    assert len(found) == len(set(found)) == 50
    assert sum(path.parent.name == "hat" for path in found) == 25


def test_takes_all_of_a_few(tmp_path: Path) -> None:
    for name in ("b.png", "a.webp", "c.txt"):
        (tmp_path / name).touch()
    assert find_pictures(tmp_path) == (tmp_path / "a.webp", tmp_path / "b.png")


@pytest.mark.parametrize(
    ("name", "message"), [("", "no pictures in"), ("absent", "is not there"), ("file", "no folder")]
)
def test_refuses_a_folder_without_pictures(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PictureNotFound, match=message):
        find_pictures(tmp_path / name)
