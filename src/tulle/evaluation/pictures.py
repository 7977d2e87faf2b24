"""Owns the pictures that models are judged on: a folder with a folder for each category."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.errors import PictureNotFound, UnknownCategories

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = [
    "LabelledPicture",
    "LeftOut",
    "PictureFolder",
    "Selection",
    "read_folder",
    "select_pictures",
]

# What the runtime reads, and kinds that it refuses: those are told as unreadable, not passed over.
_READ = {".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".webp"}
_SUFFIXES = _READ | {".avif", ".heic", ".heif", ".tif", ".tiff"}

_LAYOUT = "give a folder that holds one folder for each category, named as the model's labels are"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPicture:
    """A picture and what it shows.

    Attributes:
        folder: the folder that is evaluated.
        path: the picture's path inside it.
        category: the name of the folder that it lies in.
    """

    folder: Path
    path: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFolder:
    """What lies in a folder: the pictures of each category, and how many lie beside the categories."""

    path: Path
    categories: tuple[tuple[str, tuple[LabelledPicture, ...]], ...]
    loose_pictures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A category that no figure speaks of, and why."""

    category: str
    pictures: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The pictures that every model is judged on, and what was left out."""

    pictures: tuple[LabelledPicture, ...]
    left_out: tuple[LeftOut, ...]


def read_folder(folder: Path) -> PictureFolder:
    """List the pictures of each category, in the order of names; hidden files and folders do not count.

    Raises:
        PictureNotFound: there is no such folder, or no picture in a category's folder.
    """
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "is not there"
        raise PictureNotFound(f"{folder} {what}", hint=_LAYOUT)
    found = {
        path.name: pictures
        for path in sorted(folder.iterdir())
        if path.is_dir() and (pictures := tuple(_category(folder, path)))
    }
    loose = sum(_is_picture(path) for path in folder.iterdir() if path.is_file())
    if not found:
        beside = f"; {loose} beside them have no category" if loose else ""
        raise PictureNotFound(
            f"there are no pictures in the folders of {folder}{beside}", hint=_LAYOUT
        )
    return PictureFolder(path=folder, categories=tuple(found.items()), loose_pictures=loose)


def select_pictures(folder: PictureFolder, labels: Mapping[str, tuple[str, ...]]) -> Selection:
    """Take the categories that every model knows, so that all are judged on the same pictures.

    Args:
        folder: what `read_folder` found.
        labels: model's name to its labels.

    Raises:
        UnknownCategories: no category is a label of every model.
    """
    pictures: list[LabelledPicture] = []
    left_out: list[LeftOut] = []
    for category, members in folder.categories:
        strangers = [name for name, known in labels.items() if category not in known]
        if strangers:
            reason = _reason(category, strangers, labels)
            left_out.append(LeftOut(category=category, pictures=len(members), reason=reason))
        else:
            pictures.extend(members)
    if not pictures:
        raise _unknown(folder, labels, tuple(left_out))
    return Selection(pictures=tuple(pictures), left_out=tuple(left_out))


def _category(folder: Path, path: Path) -> Iterator[LabelledPicture]:
    for inside in sorted(path.rglob("*")):
        parts = inside.relative_to(folder).parts
        if _is_picture(inside) and not any(part.startswith(".") for part in parts):
            yield LabelledPicture(folder=folder, path="/".join(parts), category=path.name)


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")


def _reason(category: str, strangers: list[str], labels: Mapping[str, tuple[str, ...]]) -> str:
    where = f" of {', '.join(strangers)}" if len(strangers) < len(labels) else ""
    known = tuple(label for name in strangers for label in labels[name])
    return f"is no label{where}{_nearest(category, known)}"


def _nearest(category: str, labels: tuple[str, ...]) -> str:
    folded = {label.casefold(): label for label in labels}
    near = difflib.get_close_matches(category.casefold(), folded, n=1)
    return f"; the nearest is {folded[near[0]]!r}" if near else ""


def _unknown(
    folder: PictureFolder, labels: Mapping[str, tuple[str, ...]], left_out: tuple[LeftOut, ...]
) -> UnknownCategories:
    every = tuple(dict.fromkeys(label for known in labels.values() for label in known))
    deeper = [
        str(path)
        for path in sorted(folder.path.iterdir())
        if path.is_dir() and any((path / label).is_dir() for label in every)
    ]
    names = f"{', '.join(every[:10])}{', …' if len(every) > 10 else ''}"
    return UnknownCategories(
        f"no folder in {folder.path} has the name of a label of {' and '.join(labels)}",
        hint=f"did you mean {' or '.join(deeper)}?"
        if deeper
        else f"name the folders as the labels are: {names}",
        detail="\n".join(f"{entry.category} {entry.reason}" for entry in left_out[:10]),
    )
