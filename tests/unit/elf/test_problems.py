"""What keeps a compiled file from being loaded."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from made_elf import make_library
from tulle.bundle.bundle import Layer, file_of
from tulle.bundle.elf.problems import find_elf_problems
from tulle.bundle.elf.system import system_of
from tulle.target import find_target, runtimes

if TYPE_CHECKING:
    from tulle.bundle.bundle import BundleFile

TARGET = find_target("python3.13", "x86_64")


def entry(path: str, content: bytes) -> BundleFile:
    return file_of(PurePosixPath(path), content, origin="thing 1.0", layer=Layer.DEPENDENCIES)


def problems(*files: BundleFile) -> list[str]:
    return [finding.message for finding in find_elf_problems(files, TARGET)]


def test_finds_nothing_wrong_with_what_fits() -> None:
    content = make_library(
        symbols={
            "libc.so.6": ("GLIBC_2.34",),
            "libstdc++.so.6": ("GLIBCXX_3.4.29", "CXXABI_1.3.13"),
        },
        libraries=("libc.so.6", "libstdc++.so.6", "libz.so.1", "libpython3.13.so.1.0"),
    )
    assert problems(entry("thing.so", content), entry("thing.py", b"import this")) == []


def test_names_the_newest_symbols_that_the_system_lacks() -> None:
    needs = {"libc.so.6": ("GLIBC_2.38", "GLIBC_2.35"), "libstdc++.so.6": ("GLIBCXX_3.4.30",)}
    content = make_library(symbols=needs, libraries=("libc.so.6", "libstdc++.so.6"))
    assert problems(entry("thing.so", content)) == [
        "thing.so (thing 1.0) needs GLIBC_2.38; Amazon Linux 2023 has GLIBC_2.34 at most",
        "thing.so (thing 1.0) needs GLIBCXX_3.4.30; Amazon Linux 2023 has GLIBCXX_3.4.29 at most",
    ]


def test_counts_a_flag_of_glibc_as_the_version_that_brought_it() -> None:
    content = make_library(symbols={"libc.so.6": ("GLIBC_ABI_DT_RELR",)})
    assert problems(entry("thing.so", content)) == [
        "thing.so (thing 1.0) needs GLIBC_ABI_DT_RELR; Amazon Linux 2023 has GLIBC_2.34 at most"
    ]


def test_lets_a_library_bring_its_own_symbols() -> None:
    needs = {"libomp.so": ("VERSION_9", "GLIBC_9.9"), "libc.so.6": ("GLIBC_PRIVATE",)}
    thing = make_library(symbols=needs, libraries=("libomp.so",))
    assert problems(entry("thing.so", thing), entry("thing.libs/libomp.so", make_library())) == []


def test_refuses_another_processor() -> None:
    assert problems(entry("thing.so", make_library("aarch64"))) == [
        "thing.so (thing 1.0) is made for the processor aarch64; the function's is x86_64"
    ]


def test_finds_libraries_that_neither_function_nor_system_has() -> None:
    needs = make_library(libraries=("libgomp.so.1", "libGL.so.1", "libnamed.so.2"))
    named = make_library(name="libnamed.so.2")
    findings = find_elf_problems(
        [entry("thing.so", needs), entry("lib/libnamed-0a1b.so", named)], TARGET
    )
    assert [finding.code for finding in findings] == ["missing-library", "missing-library"]
    assert "loads libgomp.so.1" in findings[0].message
    assert "`lib/`" in findings[0].hint
    assert "headless" in findings[1].hint
    assert findings[0].path == "thing.so"


@pytest.mark.parametrize("runtime", runtimes())
@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_knows_the_system_of_every_target(runtime: str, architecture: str) -> None:
    system = system_of(find_target(runtime, architecture))
    assert {"libc.so.6", "libstdc++.so.6", "libgcc_s.so.1", "libz.so.1"} <= system.libraries
