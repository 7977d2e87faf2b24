"""Owns what the function runtime needs of other people's packages, and no more than it needs."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from tulle.bundle.elf.reading import SymbolVersion

if TYPE_CHECKING:
    from tulle.target import Architecture

__all__ = [
    "LITERT",
    "LITERT_LIBRARY",
    "LITERT_PYTHON",
    "PILLOW",
    "PILLOW_MODULES",
    "litert_symbols",
    "runtime_needs",
    "tried_litert",
]

LITERT = "ai-edge-litert"
LITERT_LIBRARY = "ai_edge_litert/libLiteRt.so"
LITERT_PYTHON = "3.13"
"""Whose wheel the library is taken from: it is the same in all of a version's, and all tried versions have this."""

PILLOW = "pillow"
PILLOW_MODULES = (
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.WebPImagePlugin",
)
"""The decoders that the runtime opens pictures with (`tulle_runtime.image`)."""


def runtime_needs() -> dict[str, str]:
    """Give the requirement of each package that the runtime needs."""
    tried = tried_litert()
    return {LITERT: f"{LITERT}>={tried[0]},<={tried[-1]}", PILLOW: f"{PILLOW}>=11"}


def tried_litert() -> tuple[str, ...]:
    """List the versions whose C API the runtime's binding was tried with, the oldest first."""
    return tuple(_versions())


def litert_symbols(version: str, architecture: Architecture) -> tuple[SymbolVersion, ...]:
    """Tell the newest symbols that a tried version's library needs, without downloading it."""
    names = _versions()[version][architecture]
    return tuple(SymbolVersion(library="", name=name) for name in names)


@cache
def _versions() -> dict[str, dict[str, list[str]]]:
    text = files("tulle.bundle.wheels").joinpath("litert.json").read_text(encoding="utf-8")
    versions: dict[str, dict[str, list[str]]] = json.loads(text)["versions"]
    return versions
