"""Owns writing a memory size into a project's file, of which nothing else changes."""

from __future__ import annotations

import copy
import os
import shutil
import tempfile
import tomllib
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tulle.errors import OutputUnavailable, TuningFailed, UsageError

__all__ = ["MemoryChange", "write_memory"]

_KEY = "memory_mb"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryChange:
    """What was written.

    Args:
        path: the file.
        key: where in it, such as `function.memory_mb`.
        before: what stood there; None where nothing did.
    """

    path: Path
    key: str
    before: int | None
    after: int


def write_memory(folder: Path, memory_mb: int, *, stage: str | None = None) -> MemoryChange:
    """Write the memory size where the project's file says it: comments, order and layout stay.

    Args:
        folder: the project's, with `tulle.toml`, or `[tool.tulle]` in `pyproject.toml`.
        memory_mb: the size.
        stage: the deployment that is meant; where the file gives it a size of its own, that is changed.

    Raises:
        UsageError: there is no such file.
        TuningFailed: it is laid out in a way in which only its owner should change it.
        OutputUnavailable: it cannot be written.
    """
    path, table = _find(folder)
    text = path.read_bytes().decode()
    content = tomllib.loads(text)
    place = (*table, *_section(_inside(content, table), stage))
    before = _inside(content, place).get(_KEY) if _has(content, place) else None
    changed = _changed(text, place, memory_mb)
    if changed is None or tomllib.loads(changed) != _wanted(content, place, memory_mb):
        raise TuningFailed(
            f"{path} is laid out in a way that tulle does not change safely",
            hint=f"write {_KEY} = {memory_mb} under [{'.'.join(place)}] yourself",
        )
    _replace(path, changed)
    key = ".".join((*place, _KEY))
    return MemoryChange(path=path, key=key, before=before, after=memory_mb)


def _find(folder: Path) -> tuple[Path, tuple[str, ...]]:
    own, shared = folder / "tulle.toml", folder / "pyproject.toml"
    if own.is_file():
        return own.resolve(), ()
    if shared.is_file() and _has(tomllib.loads(shared.read_text("utf-8")), ("tool", "tulle")):
        return shared.resolve(), ("tool", "tulle")
    raise UsageError(
        f"there is no tulle.toml in {folder.resolve()} to write the memory size to",
        hint="make one with `tulle init`, or leave --apply out",
    )


def _section(content: dict[str, Any], stage: str | None) -> tuple[str, ...]:
    own = ("stages", stage or "", "function")
    if stage and _has(content, own) and _KEY in _inside(content, own):
        return own
    return ("function",)


def _inside(content: dict[str, Any], place: tuple[str, ...]) -> dict[str, Any]:
    for name in place:
        content = content[name]
    return content


def _has(content: dict[str, Any], place: tuple[str, ...]) -> bool:
    table: object = content
    for name in place:
        if not isinstance(table, dict):
            return False
        table = table.get(name)
    return isinstance(table, dict)


def _changed(text: str, place: tuple[str, ...], memory_mb: int) -> str | None:
    """Write the size into the text; None where there is no table for it."""
    import tomlkit  # noqa: PLC0415 (only where a file is written)

    document = tomlkit.parse(text)
    table = cast("MutableMapping[str, Any]", document)
    for name in place:
        if name not in table:
            table[name] = tomlkit.table()
        table = table[name]
        if not isinstance(table, MutableMapping):
            return None
    table[_KEY] = memory_mb
    return tomlkit.dumps(document)


def _wanted(content: dict[str, Any], place: tuple[str, ...], memory_mb: int) -> dict[str, Any]:
    """Give what the file shall say: what it says, but for the memory size."""
    wanted = table = copy.deepcopy(content)
    for name in place:
        table = table.setdefault(name, {})
    table[_KEY] = memory_mb
    return wanted


def _replace(path: Path, text: str) -> None:
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        new = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(text.encode())
            shutil.copymode(path, new)
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
    except OSError as exc:
        raise OutputUnavailable(
            f"{path} cannot be written: {exc.strerror or exc}",
            hint=f"look at its folder's permissions; {path.name} is as it was",
        ) from exc
