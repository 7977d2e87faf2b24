"""Owns reading a folder that packages were unpacked into: whose each file is, what each package says of itself."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.metadata import Distribution

    from tulle.bundle.wheels.lock import Wheel

__all__ = ["Package", "Unpacked", "UnpackedFile", "read_unpacked"]

_CLASSIFIER = "License :: OSI Approved :: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package of a function, and what it says of itself."""

    wheel: Wheel
    licence: str | None
    """As its author names it: an SPDX expression, or free words."""

    @property
    def origin(self) -> str:
        """Its name and version: what its files' `BundleFile.origin` is."""
        return f"{self.wheel.name} {self.wheel.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedFile:
    """A file of a package."""

    path: PurePosixPath
    """Relative to the function's root."""
    location: Path
    size: int
    executable: bool
    package: Package


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """All files of all packages, by path."""

    files: tuple[UnpackedFile, ...]
    packages: tuple[Package, ...]


def read_unpacked(folder: Path, wheels: tuple[Wheel, ...]) -> Unpacked:
    """Find every file's package, by the packages' own records."""
    found = {str(canonicalize_name(one.name)): one for one in distributions(path=[str(folder)])}
    packages = {
        wheel.name: Package(wheel=wheel, licence=_licence(found[wheel.name])) for wheel in wheels
    }
    owners = {
        PurePosixPath(str(path)): packages[name]
        for name in packages
        for path in found[name].files or ()
    }
    files = sorted(_files(folder, owners), key=lambda file: file.path.parts)
    return Unpacked(files=tuple(files), packages=tuple(packages.values()))


def _files(folder: Path, owners: Mapping[PurePosixPath, Package]) -> Iterator[UnpackedFile]:
    for parent, _, names in os.walk(folder):
        for name in names:
            location = Path(parent, name)
            path = PurePosixPath(location.relative_to(folder).as_posix())
            if path in owners:
                status = location.stat()
                yield UnpackedFile(
                    path=path,
                    location=location,
                    size=status.st_size,
                    executable=bool(status.st_mode & 0o100),
                    package=owners[path],
                )


def _licence(found: Distribution) -> str | None:
    metadata = found.metadata
    for field in ("License-Expression", "License"):
        text = metadata[field].strip() if field in metadata else ""
        if text and "\n" not in text:  # some put the whole licence here
            return text
    classifiers = metadata.get_all("Classifier") or ()
    named = [text.removeprefix(_CLASSIFIER) for text in classifiers if text.startswith(_CLASSIFIER)]
    return ", ".join(named) or None
