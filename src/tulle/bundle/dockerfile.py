"""Owns the Dockerfile of a function with the folder around it, for those who want to read or change it."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

from tulle.bundle.bundle import Layer
from tulle.bundle.output import new_folder
from tulle.bundle.runtime_files import RUNTIME_CLIENT
from tulle.errors import OutputUnavailable
from tulle.target import TASK_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tulle.bundle.bundle import Bundle, BundleFile

__all__ = ["write_context"]

_NAME = "Dockerfile"
_MADE = "# Made by tulle build, sha256 of all below:"


def write_context(bundle: Bundle, folder: Path, *, base: str, base_is_aws: bool) -> None:
    """Write a folder that `docker build` makes the function's image of.

    Args:
        bundle: the function.
        folder: where; one that tulle wrote, and nobody changed, is replaced.
        base: the image to build on.
        base_is_aws: whether that has AWS's entrypoint; where not, tulle's own client of Lambda starts.

    Raises:
        OutputUnavailable: something else is there, or nothing can be written.
    """
    if folder.exists() and not _is_ours(folder):
        raise OutputUnavailable(
            f"{folder} is there already, and its {_NAME} is not as tulle wrote it",
            hint="name another folder with --output, or remove this one first",
        )
    text = "\n".join(_lines(bundle, base, base_is_aws=base_is_aws)) + "\n"
    with new_folder(folder) as new:
        new.chmod(0o755)
        for file in bundle.files:
            _write(file, new / file.layer)
        (new / _NAME).write_text(f"{_MADE} {_sha256(text.encode())}\n{text}", encoding="utf-8")


def _is_ours(folder: Path) -> bool:
    """Say whether a folder's Dockerfile is one of tulle's that nobody changed."""
    path = folder / _NAME
    first, _, rest = path.read_bytes().partition(b"\n") if path.is_file() else (b"", b"", b"")
    return first.decode(errors="replace") == f"{_MADE} {_sha256(rest)}"


def _lines(bundle: Bundle, base: str, *, base_is_aws: bool) -> Iterator[str]:
    yield "# Change it as you like, then build it here; Lambda takes no index, which provenance makes:"
    yield "#   docker build --provenance=false --tag NAME ."
    yield f"FROM --platform=linux/{bundle.target.architecture.oci} {base}"
    if not base_is_aws:
        yield f"ENV LAMBDA_TASK_ROOT={TASK_ROOT} PYTHONPATH={TASK_ROOT}"
        yield f"WORKDIR {TASK_ROOT}"
        yield f"ENTRYPOINT {json.dumps(RUNTIME_CLIENT)}"
    yield f"CMD {json.dumps([bundle.handler], ensure_ascii=False)}"
    yield "# From what changes least to what changes most, so that the cache is of use."
    there = {file.layer for file in bundle.files}
    yield from (f"COPY {layer}/ {TASK_ROOT}/" for layer in Layer if layer in there)


def _write(file: BundleFile, folder: Path) -> None:
    path = folder / file.path
    for parent in (folder / above for above in reversed(file.path.parents)):
        parent.mkdir(exist_ok=True)
        parent.chmod(0o755)
    path.write_bytes(file.read())
    path.chmod(0o755 if file.executable else 0o644)
    os.utime(path, (0, 0))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
