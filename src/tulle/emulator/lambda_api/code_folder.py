"""Owns what the Lambda API says of a function's code: its hash, its size and its age."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import Change, DefaultFilter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.emulator.function import Function

__all__ = ["CodeFolder", "read_code", "read_code_folder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFolder:
    """A function's files as they are now.

    Args:
        sha256: over names and contents: what Lambda computes over the zip, which here is none.
        modified_s: the Unix time of the last change.
    """

    sha256: bytes
    size_bytes: int
    modified_s: float

    @property
    def sha256_base64(self) -> str:
        """The hash as AWS writes it of a zip."""
        return base64.b64encode(self.sha256).decode()


def read_code(function: Function) -> CodeFolder:
    """Read a function's files; an image is known by its digest, and its size is not counted."""
    if function.image is None:
        return read_code_folder(function.folder)
    return CodeFolder(
        sha256=bytes.fromhex(function.image.digest.removeprefix("sha256:")),
        size_bytes=0,
        modified_s=function.image.root.stat().st_mtime,
    )


def read_code_folder(folder: Path) -> CodeFolder:
    """Read all files, those left out that are no reason to load changed code either."""
    digest, size, modified_s = hashlib.sha256(), 0, 0.0
    for path in _files(folder):
        try:
            status = path.stat()
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").digest()
        except (
            OSError
        ):  # it went away meanwhile, or is not for us: then the function has none of it
            continue
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + content)
        size += status.st_size
        modified_s = max(modified_s, status.st_mtime)
    return CodeFolder(sha256=digest.digest(), size_bytes=size, modified_s=modified_s)


def _files(folder: Path) -> Iterator[Path]:
    counts = DefaultFilter()
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - set(DefaultFilter.ignore_dirs))
        for name in sorted(names):
            path = Path(parent, name)
            if counts(Change.modified, name) and path.is_file():
                yield path
