"""Owns `tulle.lock`: which files of which packages a function is built of, so that the next build takes the same."""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tulle.errors import InvalidLock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tulle.target import Target

__all__ = ["Choice", "Wheel", "find_choice", "write_choice"]

_VERSION = 1
_HEAD = """\
# The packages of this function, file by file. `tulle build` wrote it and takes these very files again.
# Commit it with the project. To choose anew, delete it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """One file of a package index."""

    name: str
    version: str
    file: str
    sha256: str
    of_runtime: bool
    """Whether the function runtime alone needs it: then only what the runtime uses of it is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was chosen for one target."""

    runtime: str
    architecture: str
    request_sha256: str
    """Whose answer it is: of another request, it says nothing."""
    wheels: tuple[Wheel, ...]
    passed_over: tuple[str, ...]
    """Newer versions that were not taken, each with its reason."""


def find_choice(path: Path, target: Target, request_sha256: str) -> Choice | None:
    """Look up the choice for a target and a request; None where none was made yet.

    Raises:
        InvalidLock: the file cannot be read.
    """
    return next(
        (
            choice
            for choice in _read(path)
            if (choice.runtime, choice.architecture) == (target.runtime, target.architecture)
            and choice.request_sha256 == request_sha256
        ),
        None,
    )


def write_choice(path: Path, choice: Choice) -> None:
    """Put a choice into the file, in the place of the one for its target; other targets' stay."""
    others = [
        other
        for other in _read(path)
        if (other.runtime, other.architecture) != (choice.runtime, choice.architecture)
    ]
    ordered = sorted((*others, choice), key=lambda one: (one.runtime, one.architecture))
    new = path.with_name(f"{path.name}.{os.getpid()}~")
    new.write_text("\n".join(_lines(ordered)), encoding="utf-8")
    new.replace(path)


def _read(path: Path) -> tuple[Choice, ...]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        if content["version"] != _VERSION:
            raise _invalid(
                path, f"is of version {content['version']}; this tulle writes {_VERSION}"
            )
        return tuple(map(_choice, content.get("target", ())))
    except FileNotFoundError:
        return ()
    except (ValueError, KeyError, TypeError, OSError) as exc:
        raise _invalid(path, f"cannot be read ({exc})") from exc


def _choice(row: dict[str, Any]) -> Choice:
    return Choice(
        runtime=row["runtime"],
        architecture=row["architecture"],
        request_sha256=row["request_sha256"],
        wheels=tuple(map(_wheel, row.get("wheel", ()))),
        passed_over=tuple(row["passed_over"]),
    )


def _wheel(row: dict[str, Any]) -> Wheel:
    wheel = Wheel(**row)
    for text, pattern in (
        (wheel.name, r"[a-z0-9]+(-[a-z0-9]+)*"),
        (wheel.version, r"[a-z0-9.!+]+"),
        (wheel.file, r"[^/\s]+\.whl"),
        (wheel.sha256, r"[0-9a-f]{64}"),
    ):
        if not re.fullmatch(pattern, text):
            raise ValueError(f"{text!r} is none of its words")
    return wheel


def _invalid(path: Path, what: str) -> InvalidLock:
    return InvalidLock(
        f"{path} {what}", hint="take it from version control again, or delete it to choose anew"
    )


def _lines(choices: Iterable[Choice]) -> Iterator[str]:
    yield f"{_HEAD}version = {_VERSION}"
    for choice in choices:
        yield "\n[[target]]"
        yield f"runtime = {_text(choice.runtime)}"
        yield f"architecture = {_text(choice.architecture)}"
        yield f"request_sha256 = {_text(choice.request_sha256)}"
        yield "passed_over = ["
        yield from (f"  {_text(reason)}," for reason in choice.passed_over)
        yield "]"
        for wheel in choice.wheels:
            yield "\n[[target.wheel]]"
            yield f"name = {_text(wheel.name)}"
            yield f"version = {_text(wheel.version)}"
            yield f"file = {_text(wheel.file)}"
            yield f"sha256 = {_text(wheel.sha256)}"
            yield f"of_runtime = {str(wheel.of_runtime).lower()}"
    yield ""


def _text(value: str) -> str:
    """Quote for TOML, whose strings are written as JSON's are."""
    return json.dumps(value, ensure_ascii=False)
