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

__all__ = ["find_stamped", "stamp"]

_FORMAT = 1
"""To be raised when the same bundle shall make other bytes."""


def find_stamped(bundle: Bundle, artifact: Path, cache: Path) -> str | None:
    """Give the SHA-256 of a file that is what was made of the very same bundle; None where it is not."""
    note = _note(bundle, cache)
    if not artifact.is_file() or not note.is_file():
        return None
    sha256 = _sha256(artifact)
    return sha256 if note.read_text(encoding="ascii") == sha256 else None


def stamp(bundle: Bundle, artifact: Path, cache: Path) -> str:
    """Remember what was made of a bundle, and give its SHA-256."""
    sha256 = _sha256(artifact)
    with new_file(_note(bundle, cache)) as file:
        file.write(sha256.encode())
    return sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _note(bundle: Bundle, cache: Path) -> Path:
    """Name a bundle by all that its zip's bytes depend on."""
    files = [[str(file.path), file.sha256, file.executable] for file in bundle.files]
    whole = json.dumps([_FORMAT, zlib.ZLIB_RUNTIME_VERSION, files])
    return cache / "zips" / hashlib.sha256(whole.encode()).hexdigest()
