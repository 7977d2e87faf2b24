"""Owns choosing packages: the newest whose files, by their own symbols, load on the target."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.bundle.elf.problems import misfits
from tulle.bundle.elf.reading import read_compiled
from tulle.bundle.elf.system import system_of
from tulle.bundle.wheels.failures import explain_choosing, explain_unpacking, nothing_fits
from tulle.bundle.wheels.lock import Choice
from tulle.bundle.wheels.runtime_needs import (
    LITERT,
    LITERT_PYTHON,
    litert_symbols,
    tried_litert,
)
from tulle.bundle.wheels.trim import plan_trim
from tulle.bundle.wheels.unpacked import read_unpacked
from tulle.bundle.wheels.uv import UvFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.bundle.wheels.lock import Wheel
    from tulle.bundle.wheels.request import Request
    from tulle.bundle.wheels.unpacked import Unpacked, UnpackedFile
    from tulle.bundle.wheels.uv import Uv
    from tulle.progress import Reporter
    from tulle.target import Target

__all__ = ["choose", "look_up", "unpack"]

_ROUNDS = 20
"""More versions than this are not passed over: then the package was never made for such a system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Misfit:
    name: str
    version: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}: {self.reason}"


def choose(request: Request, target: Target, uv: Uv, reporter: Reporter) -> Choice:
    """Choose for the user's requirements and the runtime's needs; what does not fit the target is passed over.

    Raises:
        PackagesError: there is nothing to choose, or no index to choose from.
    """
    passed_over = _known_misfits(target) if request.with_runtime else ()
    fitting: frozenset[Wheel] = frozenset()
    while len(passed_over) <= _ROUNDS:
        try:
            wheels = _resolve(request, target, uv, passed_over)
            unseen = tuple(wheel for wheel in wheels if wheel not in fitting)
            found = tuple(_misfits(unseen, target, uv))
        except UvFailed as failure:
            raise explain_choosing(failure.said, target, _by_name(passed_over)) from None
        if not found:
            return Choice(
                runtime=target.runtime,
                architecture=target.architecture,
                request_sha256=request.sha256,
                wheels=wheels,
                passed_over=tuple(map(str, passed_over)),
            )
        for misfit in found:
            reporter.note(f"passed over {misfit}")
        passed_over += found
        fitting |= {wheel for wheel in unseen if wheel.name not in {one.name for one in found}}
    raise nothing_fits(passed_over[-1].name, target, "\n".join(map(str, passed_over)))


def look_up(request: Request, target: Target, uv: Uv) -> tuple[Wheel, ...]:
    """Ask the index for what a build would try first; no package is downloaded, so none is looked into.

    Raises:
        PackagesError: there is nothing to choose, or no index to choose from.
    """
    passed_over = _known_misfits(target) if request.with_runtime else ()
    try:
        return _resolve(request, target, uv, passed_over)
    except UvFailed as failure:
        raise explain_choosing(failure.said, target, _by_name(passed_over)) from None


def _known_misfits(target: Target) -> tuple[_Misfit, ...]:
    """Rule out the LiteRT versions of which it is known, without downloading them.

    Raises:
        NoWheelFits: none is left.
    """
    system = system_of(target)
    found = tuple(
        _Misfit(name=LITERT, version=version, reason=f"libLiteRt.so {lack[0]}")
        for version in reversed(tried_litert())
        if (lack := tuple(system.lack(litert_symbols(version, target.architecture))))
    )
    if len(found) == len(tried_litert()):
        raise nothing_fits(LITERT, target, "\n".join(map(str, found)))
    return found


def _by_name(misfits: tuple[_Misfit, ...]) -> dict[str, tuple[str, ...]]:
    names = dict.fromkeys(misfit.name for misfit in misfits)
    return {name: tuple(str(one) for one in misfits if one.name == name) for name in names}


def unpack(wheels: tuple[Wheel, ...], target: Target, uv: Uv, folder: Path) -> Unpacked:
    """Unpack what was chosen into a folder.

    Raises:
        PackagesError: the files are no longer to be had, or no index answers.
    """
    try:
        return _unpack(wheels, target, uv, folder)
    except UvFailed as failure:
        raise explain_unpacking(failure.said) from None


def _resolve(
    request: Request, target: Target, uv: Uv, passed_over: tuple[_Misfit, ...]
) -> tuple[Wheel, ...]:
    """Choose the user's packages with all that they require, then what the runtime needs besides."""
    exclusions = (f"{misfit.name}!={misfit.version}" for misfit in passed_over)
    bounds = (*request.needs.values(), *exclusions)
    wheels: tuple[Wheel, ...] = ()
    if request.requirements:
        wheels = uv.resolve(request.requirements, target, constraints=bounds)
    names = {wheel.name for wheel in wheels}
    for name, need in request.needs.items():
        if name not in names:
            place = _any_python(target) if name == LITERT else target
            wheels += uv.resolve((need,), place, constraints=bounds, of_runtime=True)
    return tuple(sorted(wheels, key=lambda wheel: wheel.name))


def _any_python(target: Target) -> Target:
    """Of LiteRT, the runtime takes a library that knows nothing of Python."""
    return replace(target, python=LITERT_PYTHON)


def _unpack(wheels: tuple[Wheel, ...], target: Target, uv: Uv, folder: Path) -> Unpacked:
    library = tuple(wheel for wheel in wheels if wheel.of_runtime and wheel.name == LITERT)
    others = tuple(wheel for wheel in wheels if wheel not in library)
    for part, place in ((library, _any_python(target)), (others, target)):
        if part:
            uv.unpack(part, place, folder)
    return read_unpacked(folder, wheels)


def _misfits(wheels: tuple[Wheel, ...], target: Target, uv: Uv) -> Iterator[_Misfit]:
    """Find the packages of which a file that would ship does not load on the target, one fault of each."""
    for wheel in wheels:
        if wheel.name == LITERT and wheel.version not in tried_litert():
            reason = "the function runtime was not tried with it"
            yield _Misfit(name=wheel.name, version=wheel.version, reason=reason)
            return
    with tempfile.TemporaryDirectory(prefix="tulle-") as name:
        folder = Path(name)
        unpacked = _unpack(wheels, target, uv, folder)
        kept = {decision.path for decision in plan_trim(unpacked).decisions if decision.keep}
        for package in unpacked.packages:
            faults = (
                f"{file.path.name} {fault}"
                for file in unpacked.files
                if file.package == package and file.path in kept
                for fault in _faults(file, target)
            )
            if fault := next(faults, None):
                wheel = package.wheel
                yield _Misfit(name=wheel.name, version=wheel.version, reason=fault)


def _faults(file: UnpackedFile, target: Target) -> tuple[str, ...]:
    compiled = read_compiled(file.location)
    return misfits(compiled, target) if compiled else ()
