"""Owns the list of files that a function is made of, before it is an archive or an image."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.errors import BundleChanged

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePosixPath

    from tulle.target import Target

__all__ = ["Bundle", "BundleFile", "Layer", "bundle_of", "file_of"]


class Layer(StrEnum):
    """Which files change together: an image has a layer of each, in this order."""

    DEPENDENCIES = "dependencies"
    MODEL = "model"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFile:
    """One file of a function."""

    path: PurePosixPath
    """Where it will be, relative to the function's root (`/var/task`)."""
    content: Path | bytes
    """Where its bytes are read from, or the bytes."""
    size: int
    """In bytes."""
    sha256: str
    executable: bool
    origin: str
    """Whom it comes from: `pillow 12.3.0`, `tulle 0.1.0`, `model`, `project`."""
    layer: Layer

    def read(self) -> bytes:
        """Give its bytes.

        Raises:
            BundleChanged: they are not those that the bundle was made with.
        """
        if isinstance(self.content, bytes):
            return self.content
        try:
            content = self.content.read_bytes()
        except OSError:
            content = b""
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise BundleChanged(
                f"{self.path} changed while it was being packed",
                hint="build again when it is at rest",
            )
        return content


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """All files of a function, by path, and what they are for."""

    target: Target
    handler: str
    """What Lambda calls, such as `tulle_runtime.handler.lambda_handler`."""
    files: tuple[BundleFile, ...]

    @property
    def size(self) -> int:
        """The bytes of all files, as Lambda counts them against its limit."""
        return sum(file.size for file in self.files)


def file_of(
    path: PurePosixPath,
    content: Path | bytes,
    *,
    origin: str,
    layer: Layer,
    executable: bool = False,
) -> BundleFile:
    """Make an entry of a file on disk, or of bytes; reads it whole."""
    data = content.read_bytes() if isinstance(content, Path) else content
    return BundleFile(
        path=path,
        content=content,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        executable=executable,
        origin=origin,
        layer=layer,
    )


def bundle_of(files: Iterable[BundleFile], *, target: Target, handler: str) -> Bundle:
    """Sort the files by path; two of one path would be a fault of the caller's."""
    ordered = tuple(sorted(files, key=lambda file: file.path.parts))
    assert len({file.path for file in ordered}) == len(ordered)  # noqa: S101
    return Bundle(target=target, handler=handler, files=ordered)
