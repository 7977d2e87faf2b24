"""Owns keeping what was found, for the same files are looked at with every build."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from tulle import __version__
from tulle.bundle.output import new_file
from tulle.errors import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["find_once"]

_RULES = 1
"""To be raised when the same files shall be found other problems in."""


def find_once(
    find: Callable[[], tuple[Finding, ...]], *, what: list[object], cache: Path
) -> tuple[Finding, ...]:
    """Look for problems, unless that was done before.

    Args:
        find: looks for them.
        what: all that the result depends on, as JSON has it.
        cache: a folder for what may be found again.
    """
    key = json.dumps([_RULES, __version__, *what])
    note = cache / "audits" / hashlib.sha256(key.encode()).hexdigest()
    if note.is_file():
        rows = json.loads(note.read_bytes())
        return tuple(Finding(**{**row, "severity": Severity(row["severity"])}) for row in rows)
    found = find()
    with new_file(note) as file:
        file.write(json.dumps([asdict(finding) for finding in found]).encode())
    return found
