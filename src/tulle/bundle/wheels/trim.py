"""Owns deciding which files of packages a function has use for: a plan, before anything is moved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.bundle.elf.closure import library_closure
from tulle.bundle.wheels.imports import import_closure, imports_of
from tulle.bundle.wheels.runtime_needs import LITERT, LITERT_LIBRARY, PILLOW, PILLOW_MODULES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePosixPath

    from tulle.bundle.wheels.unpacked import Unpacked, UnpackedFile

__all__ = ["RULES", "Decision", "TrimPlan", "plan_trim"]

RULES = 2
"""Counts the changes of these rules, and of how their result is kept: what was made by others is made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of one file."""

    path: PurePosixPath
    size: int
    origin: str
    keep: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimPlan:
    """What becomes of each file, by path."""

    decisions: tuple[Decision, ...]

    @property
    def kept_bytes(self) -> int:
        """The bytes of all files that stay."""
        return sum(decision.size for decision in self.decisions if decision.keep)

    @property
    def dropped_bytes(self) -> int:
        """The bytes of all files that go."""
        return sum(decision.size for decision in self.decisions if not decision.keep)


def plan_trim(unpacked: Unpacked) -> TrimPlan:
    """Decide on every file: of the runtime's packages what it uses stays, of the user's what is no ballast."""
    tests = _needless_tests(unpacked.files)
    decisions = []
    for package in unpacked.packages:
        files = [file for file in unpacked.files if file.package == package]
        wheel = package.wheel
        if wheel.of_runtime and wheel.name == LITERT:
            verdicts = _verdicts_on_litert(files)
        elif wheel.of_runtime and wheel.name == PILLOW:
            verdicts = _verdicts_on_pillow(files)
        else:
            verdicts = {file.path: _verdict(file, tests) for file in files}
        for file in files:
            keep, reason = _verdict_on_record(file) or verdicts[file.path]
            decisions.append(
                Decision(
                    path=file.path,
                    size=file.size,
                    origin=package.origin,
                    keep=keep,
                    reason=reason,
                )
            )
    return TrimPlan(decisions=tuple(sorted(decisions, key=lambda one: one.path.parts)))


_Verdict = tuple[bool, str]

_INSTALLER_FILES = {"INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_cache.json"}


def _verdict_on_record(file: UnpackedFile) -> _Verdict | None:
    """Judge what describes a package: its licences and what it says of itself stay, the installer's notes go."""
    if not file.path.parts[0].endswith(".dist-info"):
        return None
    if file.path.name in _INSTALLER_FILES:
        return False, "a note of the installer"
    return True, "the package's licence, or what it says of itself"


def _verdicts_on_litert(files: Iterable[UnpackedFile]) -> dict[PurePosixPath, _Verdict]:
    return {
        file.path: (True, "runs the model")
        if str(file.path) == LITERT_LIBRARY
        else (False, "the runtime loads libLiteRt alone")
        for file in files
    }


def _verdicts_on_pillow(files: Iterable[UnpackedFile]) -> dict[PurePosixPath, _Verdict]:
    by_path = {file.path: file.location for file in files}
    modules = {_module_name(path): path for path in by_path if path.suffix in {".py", ".so"}}
    closure = import_closure(
        PILLOW_MODULES, {name: by_path[path] for name, path in modules.items()}
    )
    loaded = {modules[name] for name in closure.loaded}
    later = {modules[name] for name in closure.later if modules[name].suffix == ".py"}
    libraries = library_closure((path for path in loaded if path.suffix == ".so"), by_path)
    return {
        path: (True, "loaded with the runtime's decoders")
        if path in loaded
        else (True, "a library of these decoders")
        if path in libraries
        else (True, "imported by functions of these modules")
        if path in later
        else (False, "none of the runtime's decoders leads to it")
        for path in by_path
    }


def _module_name(path: PurePosixPath) -> str:
    parts = [*path.parts[:-1], path.name.partition(".")[0]]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


_SOURCES = re.compile(r"\.(pyx|pxd|pxi|c|cc|cpp|cu|h|hh|hpp|cuh|f|f90)$", re.IGNORECASE)
_LINKED = re.compile(r"\.(a|o|lib)$")
_TYPES = re.compile(r"(\.pyi|^py\.typed)$")


def _verdict(file: UnpackedFile, tests: frozenset[PurePosixPath]) -> _Verdict:
    """Judge a file of a package that the user's code may use in any way."""
    path = file.path
    reasons = (
        (path.parts[0] == "bin", "a command, which nobody calls in a function"),
        ("__pycache__" in path.parts, "bytecode of another interpreter"),
        (not tests.isdisjoint(path.parents), "tests"),
        (_TYPES.search(path.name), "for type checkers"),
        (_SOURCES.search(path.name), "source code for a compiler"),
        (_LINKED.search(path.name), "for a linker"),
    )
    reason = next((text for applies, text in reasons if applies), None)
    return (False, reason) if reason else (True, "the project requires its package")


_NAMES_TESTS = re.compile(rb"^\s*(?:from|import)\b.*\btests?\b", re.MULTILINE)


def _needless_tests(files: Iterable[UnpackedFile]) -> frozenset[PurePosixPath]:
    """Find the folders of tests, but for those that other modules of a package are loaded with.

    A folder `tests` is one; a folder `test` (django's is no test) where it holds a `test_….py`.
    """
    folders = {
        parent
        for file in files
        for parent in file.path.parents
        if parent.name == "tests" or (parent.name == "test" and file.path.name.startswith("test_"))
    }
    imported = {
        name
        for file in files
        if folders.isdisjoint(file.path.parents) and _mentions_tests(file)
        for name in imports_of(file.location, _module_name(file.path), later=False)
    }
    return frozenset(
        folder for folder in folders if not any(_is_in(name, folder) for name in imported)
    )


def _mentions_tests(file: UnpackedFile) -> bool:
    """Tell quickly which modules are worth parsing."""
    return file.path.suffix == ".py" and bool(_NAMES_TESTS.search(file.location.read_bytes()))


def _is_in(module: str, folder: PurePosixPath) -> bool:
    parts = tuple(module.split("."))
    return parts[: len(folder.parts)] == folder.parts
