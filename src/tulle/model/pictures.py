"""Owns the choice of pictures that models are compared on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.errors import PictureNotFound
from tulle.model.serving import Fault, check_picture

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.progress import Reporter

__all__ = ["choose_pictures", "find_pictures"]

_SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"}


def choose_pictures(folder: Path, most: int, reporter: Reporter) -> tuple[Path, ...]:
    """Take pictures as `find_pictures` does; name those that cannot be read, and leave them out."""
    found = find_pictures(folder, most)
    readable = tuple(path for path in found if _is_readable(path, reporter))
    if not readable:
        raise PictureNotFound(
            f"none of the {len(found)} pictures in {folder} can be read",
            hint="name a folder with JPEG, PNG, WebP, GIF or BMP files in it",
        )
    if len(readable) < len(found):
        reporter.warn(f"left out {len(found) - len(readable)} of {len(found)} pictures")
    return readable


def find_pictures(folder: Path, most: int = 50) -> tuple[Path, ...]:
    """Take up to `most` pictures, spread evenly over a folder and the folders in it."""
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "is not there"
        raise PictureNotFound(f"{folder} {what}", hint="name a folder with pictures in it")
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
    if not found:
        raise PictureNotFound(
            f"there are no pictures in {folder}",
            hint="name a folder with JPEG, PNG, WebP, GIF or BMP files in it",
        )
    count = min(len(found), most)
    return tuple(found[index * len(found) // count] for index in range(count))


def _is_readable(path: Path, reporter: Reporter) -> bool:
    try:
        check_picture(path.read_bytes())
    except (Fault, OSError) as exc:
        reporter.warn(f"{path} cannot be read: {exc}")
        return False
    return True
