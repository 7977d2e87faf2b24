"""Owns knowing a zip that is there already for the one that would be written."""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import TYPE_CHECKING

from tulle.bundle.output import new_file

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.bundle.bundle import Bundle

__all__ = ["is_up_to_date", "sha256_of", "stamp"]

_FORMAT = 1
"""To be raised when the same bundle shall make other bytes."""


def is_up_to_date(bundle: Bundle, artifact: Path, cache: Path) -> bool:
    """Say whether a file is what was made of the very same bundle, whoever has touched it since."""
    note = _note(bundle, cache)
    return (
        artifact.is_file()
        and note.is_file()
        and note.read_text(encoding="ascii") == sha256_of(artifact)
    )


def stamp(bundle: Bundle, artifact: Path, cache: Path) -> None:
    """Remember what was made of a bundle."""
    with new_file(_note(bundle, cache)) as file:
        file.write(sha256_of(artifact).encode())


def sha256_of(path: Path) -> str:
    """Give a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _note(bundle: Bundle, cache: Path) -> Path:
    """Name a bundle by all that its zip's bytes depend on."""
    files = [[str(file.path), file.sha256, file.executable] for file in bundle.files]
    whole = json.dumps([_FORMAT, zlib.ZLIB_RUNTIME_VERSION, files])
    return cache / "zips" / hashlib.sha256(whole.encode()).hexdigest()
