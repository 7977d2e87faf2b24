"""Shared libraries of any processor and with any needs, made on the spot: headers alone, without code."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["make_library"]

_MACHINES = {"x86_64": 62, "aarch64": 183, "cuda": 190}
_SHARED_LIBRARY = 3  # ET_DYN
_LOAD, _DYNAMIC = 1, 2  # PT_
_NEEDED, _STRTAB, _SONAME, _RUNPATH = 1, 5, 14, 29  # DT_
_STRINGS, _DYNAMIC_TAGS, _VERSIONS = 3, 6, 0x6FFFFFFE  # SHT_
_HEADER, _SEGMENT, _SECTION = 64, 56, 64  # bytes


def make_library(
    machine: str = "x86_64",
    *,
    symbols: Mapping[str, tuple[str, ...]] | None = None,
    weak: tuple[str, ...] = (),
    libraries: tuple[str, ...] = (),
    name: str | None = None,
    search_path: str | None = None,
) -> bytes:
    """Make a 64-bit ELF file.

    Args:
        machine: its processor.
        symbols: the versions that it needs of each library, such as `{"libc.so.6": ("GLIBC_2.34",)}`.
        weak: which of these it can do without.
        libraries: what it is loaded with.
        name: its DT_SONAME.
        search_path: its DT_RUNPATH.
    """
    strings = _Strings()
    versions = _version_needs(symbols or {}, weak, strings)
    texts = [(_NEEDED, library) for library in libraries]
    texts += [(tag, text) for tag, text in ((_SONAME, name), (_RUNPATH, search_path)) if text]
    tags = [(tag, strings.add(text)) for tag, text in texts]
    section_names = _Strings()
    names = [
        section_names.add(text) for text in (".dynstr", ".dynamic", ".gnu.version_r", ".shstrtab")
    ]
    start = _HEADER + 2 * _SEGMENT
    tags += [(_STRTAB, start), (0, 0)]
    dynamic = b"".join(struct.pack("<QQ", tag, value) for tag, value in tags)
    parts = [bytes(strings), dynamic, versions, bytes(section_names)]
    places = [start + sum(len(part) for part in parts[:count]) for count in range(len(parts))]
    end = places[-1] + len(parts[-1])
    kinds = [(_STRINGS, 0, 0), (_DYNAMIC_TAGS, 1, 16), (_VERSIONS, 1, 0), (_STRINGS, 0, 0)]
    sections = bytes(_SECTION) + b"".join(
        struct.pack(
            "<IIQQQQIIQQ",
            title,
            kind,
            2,
            place,
            place,
            len(part),
            link,
            len(symbols or {}),
            1,
            size,
        )
        for title, (kind, link, size), place, part in zip(names, kinds, places, parts, strict=True)
    )
    segments = struct.pack("<IIQQQQQQ", _LOAD, 4, 0, 0, 0, end, end, 4096) + struct.pack(
        "<IIQQQQQQ", _DYNAMIC, 4, places[1], places[1], places[1], len(dynamic), len(dynamic), 8
    )
    header = b"\x7fELF" + bytes((2, 1, 1)) + bytes(9)
    header += struct.pack("<HHIQQQI", _SHARED_LIBRARY, _MACHINES[machine], 1, 0, _HEADER, end, 0)
    header += struct.pack("<HHHHHH", _HEADER, _SEGMENT, 2, _SECTION, 5, 4)
    return header + segments + b"".join(parts) + sections


class _Strings:
    """A string table."""

    def __init__(self) -> None:
        self._content = b"\0"

    def add(self, text: str) -> int:
        place = len(self._content)
        self._content += text.encode() + b"\0"
        return place

    def __bytes__(self) -> bytes:
        return self._content


def _version_needs(
    symbols: Mapping[str, tuple[str, ...]], weak: tuple[str, ...], strings: _Strings
) -> bytes:
    """Write the table of symbol versions: a row for each library, followed by its versions."""
    content = b""
    for count, (library, names) in enumerate(symbols.items(), start=1):
        size = 16 * (1 + len(names))
        following = 0 if count == len(symbols) else size
        content += struct.pack("<HHIII", 1, len(names), strings.add(library), 16, following)
        for index, name in enumerate(names, start=1):
            after = 0 if index == len(names) else 16
            flags = 2 if name in weak else 0
            content += struct.pack("<IHHII", 0, flags, index + 1, strings.add(name), after)
    return content
