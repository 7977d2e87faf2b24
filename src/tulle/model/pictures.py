"""Owns the choice of pictures that models are compared on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.errors import PictureNotFound

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["find_pictures"]

_SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"}
_MOST = 50


def find_pictures(folder: Path) -> tuple[Path, ...]:
    """Take up to 50 pictures, spread evenly over a folder and the folders in it."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
    if not found:
        raise PictureNotFound(
            f"there are no pictures in {folder}",
            hint="name a folder with JPEG, PNG, WebP, GIF or BMP files in it",
        )
    count = min(len(found), _MOST)
    return tuple(found[index * len(found) // count] for index in range(count))
