"""Owns the modules of a bundle: which file is which."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePosixPath

    from tulle.bundle.bundle import BundleFile

__all__ = ["module_files", "module_name"]


def module_name(path: PurePosixPath) -> str | None:
    """Name the module that a file is; None where it is none."""
    if path.suffix not in {".py", ".pyc", ".so"} or "__pycache__" in path.parts:
        return None
    stem = path.name.partition(".")[0]
    parts = path.parent.parts if stem == "__init__" else (*path.parent.parts, stem)
    return ".".join(parts)


def module_files(files: Iterable[BundleFile]) -> dict[str, BundleFile]:
    """Find the modules of a bundle by name; source goes before anything compiled."""
    found: dict[str, BundleFile] = {}
    for file in files:
        name = module_name(file.path)
        if name and (name not in found or file.path.suffix == ".py"):
            found[name] = file
    return found
