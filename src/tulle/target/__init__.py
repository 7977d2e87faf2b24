"""Owns what a function is built for: a Lambda runtime on a processor."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TypedDict

from tulle.errors import UnknownTarget

__all__ = ["TASK_ROOT", "Architecture", "Target", "find_target", "runtimes"]

TASK_ROOT = PurePosixPath("/var/task")
"""Where Lambda puts a function."""


class Architecture(StrEnum):
    """A processor, by AWS's name."""

    X86_64 = "x86_64"
    ARM64 = "arm64"

    @property
    def oci(self) -> str:
        """The processor's name in container images."""
        return {"x86_64": "amd64", "arm64": "arm64"}[self]

    @property
    def machine(self) -> str:
        """The processor's name in Linux and in wheels."""
        return {"x86_64": "x86_64", "arm64": "aarch64"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A Lambda runtime on a processor, and what its system offers to compiled code."""

    runtime: str
    """AWS's name, such as `python3.13`."""
    architecture: Architecture
    python: str
    """The version of Python, such as `3.13`."""
    system: str
    """The operating system, such as `Amazon Linux 2023`."""
    glibc: tuple[int, int]
    """The version of the C library: the newest `GLIBC_` symbols that a file may need."""
    glibcxx: tuple[int, int, int]
    """The newest `GLIBCXX_` symbols of the C++ library that a file may need."""
    base_image: str
    """AWS's own base image."""


class _Row(TypedDict):
    python: str
    system: str
    glibc: list[int]
    glibcxx_3_4: int
    base_image: str


def find_target(runtime: str, architecture: str) -> Target:
    """Look a runtime and a processor up, by AWS's names.

    Raises:
        UnknownTarget: tulle knows no such runtime or processor.
    """
    table = _table()
    if runtime not in table:
        known = ", ".join(table)
        raise UnknownTarget(f"no runtime `{runtime}` is known", hint=f"choose one of {known}")
    if architecture not in tuple(Architecture):
        known = ", ".join(Architecture)
        raise UnknownTarget(
            f"no architecture `{architecture}` is known", hint=f"choose one of {known}"
        )
    row = table[runtime]
    glibc_major, glibc_minor = row["glibc"]
    return Target(
        runtime=runtime,
        architecture=Architecture(architecture),
        python=row["python"],
        system=row["system"],
        glibc=(glibc_major, glibc_minor),
        glibcxx=(3, 4, row["glibcxx_3_4"]),
        base_image=row["base_image"],
    )


def runtimes() -> tuple[str, ...]:
    """List the runtimes that functions can be built for, the newest first."""
    return tuple(_table())


def _table() -> dict[str, _Row]:
    text = files(__name__).joinpath("runtimes.json").read_text(encoding="utf-8")
    rows: dict[str, _Row] = json.loads(text)["runtimes"]
    return rows
