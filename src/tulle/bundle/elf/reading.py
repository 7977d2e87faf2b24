"""Owns reading a compiled file: its processor, the libraries that it loads, the symbols it wants of them."""

from __future__ import annotations

import io
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CompiledFile", "SymbolVersion", "read_compiled"]

_MAGIC = b"\x7fELF"
_LOADABLE = {"ET_EXEC", "ET_DYN"}
_MACHINES = {"EM_X86_64": "x86_64", "EM_AARCH64": "aarch64", "EM_386": "i386", "EM_ARM": "arm"}
# Code for a graphics card or the kernel: it lies in the file as data does.
_NO_PROCESSOR = {"EM_CUDA", "EM_AMDGPU", "EM_BPF"}
_WEAK = 2  # VER_FLG_WEAK: the loader goes on without it


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolVersion:
    """A version of a library's symbols that a file cannot do without."""

    library: str
    """The library that must have it, such as `libc.so.6`."""
    name: str
    """Such as `GLIBC_2.34`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledFile:
    """A program or a shared library, as its headers tell of it."""

    machine: str
    """Its processor, by Linux's name."""
    name: str | None
    """The name that other files know it by (its DT_SONAME)."""
    libraries: tuple[str, ...]
    """The libraries that it is loaded with (its DT_NEEDED)."""
    search_paths: tuple[str, ...]
    """Where these are looked for first (its DT_RUNPATH or DT_RPATH), `$ORIGIN` being its folder."""
    symbols: tuple[SymbolVersion, ...]


def read_compiled(content: Path | bytes) -> CompiledFile | None:
    """Read a file's headers; give None for what is no program or library, or is none of a processor's."""
    stream = content.open("rb") if isinstance(content, Path) else io.BytesIO(content)
    with closing(stream):
        if stream.read(len(_MAGIC)) != _MAGIC:
            return None
        try:
            return _read(ELFFile(stream))
        except (ELFError, UnicodeDecodeError):
            return None


def _read(elf: ELFFile) -> CompiledFile | None:
    machine = str(elf["e_machine"])
    if elf["e_type"] not in _LOADABLE or machine in _NO_PROCESSOR:
        return None
    tags = tuple(_dynamic_tags(elf))
    return CompiledFile(
        machine=_MACHINES.get(machine, machine.removeprefix("EM_").lower()),
        name=next((text for tag, text in tags if tag == "DT_SONAME"), None),
        libraries=tuple(text for tag, text in tags if tag == "DT_NEEDED"),
        search_paths=tuple(
            path
            for tag, text in tags
            if tag in {"DT_RUNPATH", "DT_RPATH"}
            for path in text.split(":")
            if path
        ),
        symbols=tuple(_symbol_versions(elf)),
    )


_TEXTS = {
    "DT_NEEDED": "needed",
    "DT_SONAME": "soname",
    "DT_RPATH": "rpath",
    "DT_RUNPATH": "runpath",
}


def _dynamic_tags(elf: ELFFile) -> Iterator[tuple[str, str]]:
    for segment in elf.iter_segments("PT_DYNAMIC"):
        assert isinstance(segment, DynamicSegment)  # noqa: S101 (what iter_segments was asked for)
        for tag in segment.iter_tags():
            kind = str(tag.entry.d_tag)
            if kind in _TEXTS:
                yield kind, getattr(tag, _TEXTS[kind])


def _symbol_versions(elf: ELFFile) -> Iterator[SymbolVersion]:
    section = elf.get_section_by_name(".gnu.version_r")
    if not isinstance(section, GNUVerNeedSection):
        return
    for library, versions in section.iter_versions():
        for version in versions:
            if not version["vna_flags"] & _WEAK:
                yield SymbolVersion(library=library.name or "", name=version.name)
