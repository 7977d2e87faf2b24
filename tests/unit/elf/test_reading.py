"""What is read of a compiled file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from made_elf import make_library
from tulle.bundle.elf.reading import SymbolVersion, read_compiled


def test_reads_what_a_library_needs() -> None:
    content = make_library(
        "aarch64",
        symbols={"libc.so.6": ("GLIBC_2.17", "GLIBC_2.34"), "libm.so.6": ("GLIBC_2.29",)},
        libraries=("libc.so.6", "libm.so.6"),
        name="libmodel.so.1",
        search_path="$ORIGIN/../model.libs:$ORIGIN",
    )
    compiled = read_compiled(content)
    assert compiled is not None
    assert compiled.machine == "aarch64"
    assert compiled.name == "libmodel.so.1"
    assert compiled.libraries == ("libc.so.6", "libm.so.6")
    assert compiled.search_paths == ("$ORIGIN/../model.libs", "$ORIGIN")
    assert compiled.symbols == (
        SymbolVersion(library="libc.so.6", name="GLIBC_2.17"),
        SymbolVersion(library="libc.so.6", name="GLIBC_2.34"),
        SymbolVersion(library="libm.so.6", name="GLIBC_2.29"),
    )


def test_leaves_out_symbols_that_a_library_can_do_without() -> None:
    content = make_library(
        symbols={"libc.so.6": ("GLIBC_2.17", "GLIBC_2.36")}, weak=("GLIBC_2.36",)
    )
    compiled = read_compiled(content)
    assert compiled is not None
    assert [symbol.name for symbol in compiled.symbols] == ["GLIBC_2.17"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x7fEL",
        b"#!/bin/sh",
        b"\x7fELF" + bytes(60),
        make_library()[:70],
        make_library("cuda"),
    ],
    ids=["empty", "short", "script", "zeros", "cut", "for a graphics card"],
)
def test_passes_over_what_no_processor_runs(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert read_compiled(content) is None
    assert read_compiled(file) is None


@pytest.mark.skipif(sys.platform != "linux", reason="the interpreter is an ELF file on Linux alone")
def test_reads_a_real_program() -> None:
    compiled = read_compiled(Path(sys.executable).resolve())
    assert compiled is not None
    assert "libc.so.6" in compiled.libraries
    assert any(symbol.name.startswith("GLIBC_2.") for symbol in compiled.symbols)
