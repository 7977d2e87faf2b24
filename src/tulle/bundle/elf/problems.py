"""Owns holding a function's compiled files against its target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.bundle.elf.reading import read_compiled
from tulle.bundle.elf.system import system_of
from tulle.errors import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tulle.bundle.bundle import BundleFile
    from tulle.bundle.elf.reading import CompiledFile
    from tulle.target import Target

__all__ = ["find_elf_problems", "misfits"]


def find_elf_problems(files: Iterable[BundleFile], target: Target) -> tuple[Finding, ...]:
    """Look at every compiled file: its processor, the symbols and the libraries that it wants.

    A library counts as there wherever in the function it lies: packages load theirs from anywhere.
    """
    system = system_of(target)
    compiled = [(file, found) for file in files if (found := read_compiled(file.content))]
    within = {file.path.name for file, _ in compiled} | {found.name for _, found in compiled}
    findings: list[Finding] = []
    for file, found in compiled:
        findings += [
            Finding(
                severity=Severity.ERROR,
                code="unfit-library",
                message=f"{file.path} ({file.origin}) {problem}",
                hint=f"take a version of {file.origin.rpartition(' ')[0] or file.origin} "
                f"that is made for {target.runtime} on {target.architecture}",
                path=str(file.path),
            )
            for problem in misfits(found, target)
        ]
        findings += [
            _missing(file, library)
            for library in found.libraries
            if library not in within and library not in system.libraries
        ]
    return tuple(findings)


def misfits(compiled: CompiledFile, target: Target) -> tuple[str, ...]:
    """Say why a file cannot be loaded on a target, of what no other file of the function can cure."""
    if compiled.machine != target.architecture.machine:
        wanted = target.architecture.machine
        return (f"is made for the processor {compiled.machine}; the function's is {wanted}",)
    system = system_of(target)
    return tuple(system.lack(one for one in compiled.symbols if one.library in system.libraries))


def _missing(file: BundleFile, library: str) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        code="missing-library",
        message=f"{file.path} ({file.origin}) loads {library}, "
        "which neither the function nor Lambda's system has",
        hint=_INSTEAD.get(
            library, f"put {library} into the project's `lib/` folder, where Lambda looks"
        ),
        path=str(file.path),
    )


# The window system, which no function has.
_INSTEAD = {"libGL.so.1": "take `opencv-python-headless` instead of `opencv-python`"}
