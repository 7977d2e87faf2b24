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
    spdx: str | None
    """Its licence, as an SPDX expression; older packages have none."""
    licence: str | None
    """Its licence in its author's words, where there is no expression."""

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
    packages = {wheel.name: _package(wheel, found[wheel.name]) for wheel in wheels}
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


def _package(wheel: Wheel, found: Distribution) -> Package:
    expression = next(iter(found.metadata.get_all("License-Expression") or ()), None)
    return Package(wheel=wheel, spdx=expression, licence=None if expression else _licence(found))


def _licence(found: Distribution) -> str | None:
    metadata = found.metadata
    text = metadata["License"].strip() if "License" in metadata else ""
    classifiers = metadata.get_all("Classifier") or ()
    named = [text.removeprefix(_CLASSIFIER) for text in classifiers if text.startswith(_CLASSIFIER)]
    if named or not text or "\n" in text:  # some put the whole licence there
        return ", ".join(named) or None
    return text
