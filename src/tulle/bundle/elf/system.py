"""Owns what a target's system gives to compiled files: libraries, and the newest symbols of each."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tulle.bundle.elf.reading import SymbolVersion
    from tulle.target import Target

__all__ = ["System", "newest_symbols", "system_of"]

Version = tuple[int, ...]

# These names of glibc's stand for a version of it: <https://sourceware.org/glibc/wiki/Release>.
_ABI_FLAGS: dict[str, Version] = {"GLIBC_ABI_DT_RELR": (2, 36), "GLIBC_ABI_GNU2_TLS": (2, 42)}
_PRIVATE = "GLIBC_PRIVATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """The libraries of a system, and the newest version of each family of symbols."""

    name: str
    libraries: frozenset[str]
    newest: dict[str, Version]
    """By the family: `GLIBC`, `GLIBCXX`, `CXXABI`, `GCC`."""

    def lack(self, symbols: Iterable[SymbolVersion]) -> Iterator[str]:
        """Say which symbols it does not have, the newest of each family; of unknown families it has all."""
        for symbol in newest_symbols(symbols):
            family, version = _parse(symbol.name)
            newest = self.newest.get(family, version)
            if symbol.name != _PRIVATE and version > newest:
                best = ".".join(map(str, newest))
                yield f"needs {symbol.name}; {self.name} has {family}_{best} at most"


def system_of(target: Target) -> System:
    """Look up what a target's system gives."""
    table = _table()
    row = table["systems"][target.system]
    python = f"libpython{target.python}.so.1.0"
    return System(
        name=target.system,
        libraries=frozenset((*table["everywhere"], *row["libraries"], python)),
        newest={
            "GLIBC": target.glibc,
            "GLIBCXX": target.glibcxx,
            "CXXABI": tuple(row["cxxabi"]),
            "GCC": tuple(row["gcc"]),
        },
    )


def newest_symbols(symbols: Iterable[SymbolVersion]) -> tuple[SymbolVersion, ...]:
    """Give the newest symbols of each family, which ask more of a system than all others."""
    ordered = sorted(symbols, key=lambda symbol: _parse(symbol.name))
    return tuple({_parse(symbol.name)[0]: symbol for symbol in ordered}.values())


def _parse(name: str) -> tuple[str, Version]:
    if name in _ABI_FLAGS:
        return "GLIBC", _ABI_FLAGS[name]
    match = re.fullmatch(r"([A-Z]+)_(\d+(?:\.\d+)*)", name)
    if match is None:
        return name, ()
    return match[1], tuple(map(int, match[2].split(".")))


class _Row(TypedDict):
    cxxabi: list[int]
    gcc: list[int]
    libraries: list[str]


class _Table(TypedDict):
    systems: dict[str, _Row]
    everywhere: list[str]


@cache
def _table() -> _Table:
    text = files("tulle.bundle.elf").joinpath("systems.json").read_text(encoding="utf-8")
    table: _Table = json.loads(text)
    return table
