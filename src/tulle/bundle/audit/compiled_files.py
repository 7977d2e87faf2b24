"""Owns looking at compiled files once: what was found in the very same files before holds again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from tulle import __version__
from tulle.bundle.elf.problems import find_elf_problems
from tulle.bundle.output import new_file
from tulle.errors import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tulle.bundle.bundle import Bundle, BundleFile

__all__ = ["find_compiled_problems"]

_MAGIC = b"\x7fELF"
_RULES = 1
"""To be raised when the same files shall be found other problems in."""


def find_compiled_problems(bundle: Bundle, cache: Path) -> tuple[Finding, ...]:
    """Hold compiled files against the target, which takes half a second for those of a small function."""
    files = [file for file in bundle.files if _is_compiled(file)]
    note = cache / "audits" / _key(files, str(bundle.target))
    if note.is_file():
        rows = json.loads(note.read_bytes())
        return tuple(Finding(**{**row, "severity": Severity(row["severity"])}) for row in rows)
    found = find_elf_problems(files, bundle.target)
    with new_file(note) as file:
        file.write(json.dumps([asdict(finding) for finding in found]).encode())
    return found


def _is_compiled(file: BundleFile) -> bool:
    if isinstance(file.content, bytes):
        return file.content.startswith(_MAGIC)
    with file.content.open("rb") as content:
        return content.read(len(_MAGIC)) == _MAGIC


def _key(files: Iterable[BundleFile], target: str) -> str:
    rows = [[str(file.path), file.sha256, file.origin] for file in files]
    return hashlib.sha256(json.dumps([_RULES, __version__, target, rows]).encode()).hexdigest()
