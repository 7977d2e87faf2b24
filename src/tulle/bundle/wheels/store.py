"""Owns keeping trimmed packages in the build cache, each set as a whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from tulle.bundle.bundle import BundleFile, Layer
from tulle.bundle.wheels.lock import Wheel
from tulle.bundle.wheels.trim import Decision, TrimPlan
from tulle.bundle.wheels.unpacked import Package

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Dependencies", "find_stored", "new_entry", "store"]

_FILES = "files"
_INDEX = "index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """The packages of a function, ready to be bundled."""

    files: tuple[BundleFile, ...]
    plan: TrimPlan
    """Every file of the packages, those too that stayed out."""
    packages: tuple[Package, ...]
    bytecode: str | None
    """The version of the Python that compiled them; None where none of the target's was at hand."""


def find_stored(cache: Path, key: str) -> Dependencies | None:
    """Look a set up by its key; what was damaged since counts as not there."""
    entry = cache / key
    try:
        index = json.loads((entry / _INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    found = Dependencies(
        files=tuple(_read_file(row, entry / _FILES) for row in index["files"]),
        plan=TrimPlan(decisions=tuple(map(_read_decision, index["decisions"]))),
        packages=tuple(map(_read_package, index["packages"])),
        bytecode=index["bytecode"],
    )
    return found if all(map(_is_whole, found.files)) else None


@contextmanager
def new_entry(cache: Path) -> Iterator[Path]:
    """Give a folder for the files of a new set, which goes away unless it is stored."""
    cache.mkdir(parents=True, exist_ok=True)
    entry = Path(tempfile.mkdtemp(prefix="new-", dir=cache))
    files = entry / _FILES
    files.mkdir()
    try:
        yield files
    finally:
        shutil.rmtree(entry, ignore_errors=True)


def store(made: Dependencies, files: Path, cache: Path, key: str) -> None:
    """Keep a set that was made in a `new_entry`; where another build was first, its like is kept."""
    index = {
        "files": [_file_row(file) for file in made.files],
        "decisions": [{**asdict(one), "path": str(one.path)} for one in made.plan.decisions],
        "packages": [asdict(package) for package in made.packages],
        "bytecode": made.bytecode,
    }
    entry, place = files.parent, cache / key
    (entry / _INDEX).write_text(json.dumps(index), encoding="utf-8")
    if find_stored(cache, key) is None:
        shutil.rmtree(place, ignore_errors=True)
    try:
        entry.rename(place)
    except OSError:
        if find_stored(cache, key) is None:
            raise


def _is_whole(file: BundleFile) -> bool:
    assert isinstance(file.content, Path)  # noqa: S101 (as read below)
    return file.content.is_file() and file.content.stat().st_size == file.size


def _file_row(file: BundleFile) -> dict[str, Any]:
    return {
        "path": str(file.path),
        "size": file.size,
        "sha256": file.sha256,
        "executable": file.executable,
        "origin": file.origin,
    }


def _read_file(row: dict[str, Any], folder: Path) -> BundleFile:
    path = PurePosixPath(row["path"])
    return BundleFile(**{**row, "path": path}, content=folder / path, layer=Layer.DEPENDENCIES)


def _read_decision(row: dict[str, Any]) -> Decision:
    return Decision(**{**row, "path": PurePosixPath(row["path"])})


def _read_package(row: dict[str, Any]) -> Package:
    return Package(**{**row, "wheel": Wheel(**row["wheel"])})
