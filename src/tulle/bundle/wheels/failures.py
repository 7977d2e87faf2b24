"""Owns saying why packages cannot be had, of what `uv` said and what was found out before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tulle.errors import (
    IndexUnavailable,
    LockedPackageGone,
    NoWheelFits,
    OnlySource,
    OutputUnavailable,
    PackagesConflict,
)
from tulle.target import find_target, runtimes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tulle.errors import BundleError
    from tulle.target import Target

__all__ = ["explain_choosing", "explain_unpacking", "name_other_runtimes", "nothing_fits"]

_UNREACHABLE = re.compile(
    r"error sending request|Failed to fetch|network was disabled|Request failed|timed out"
)
_REFUSED = re.compile(r"401 Unauthorized|403 Forbidden|lack of valid authentication")
_UNWRITABLE = re.compile(
    r"No space left on device|Permission denied|Read-only file system|Disk quota exceeded"
)
_NO_WHEEL = re.compile(r"Wheels are required for `(?P<name>[^`]+)`")
_NO_FITTING_WHEEL = re.compile(
    r"Wheels are available for `(?P<name>[^`]+)`|found wheels for `(?P<other>[^`]+)`"
)
_NOTHING_SAID = "No solution found when resolving dependencies"
_PYTHON_TAG = re.compile(r"\bcp(\d)(\d+)\b")


def explain_choosing(
    said: str, target: Target, passed_over: Mapping[str, tuple[str, ...]]
) -> BundleError:
    """Say why no packages can be chosen.

    Args:
        said: what `uv` said.
        target: what they were to be for.
        passed_over: by package, the versions that were ruled out before, each with its reason.
    """
    if general := _general(said):
        return general
    detail = "\n".join((*(line for lines in passed_over.values() for line in lines), _reason(said)))
    if blamed := next((name for name in passed_over if f" {name}" in said), None):
        return nothing_fits(blamed, target, detail)
    if match := _NO_WHEEL.search(said):
        return OnlySource(
            f"`{match['name']}` has no wheel for {_described(target)}, "
            "and source code cannot be compiled for Lambda here",
            hint=_instead_of_source(target),
            detail=detail,
        )
    if match := _NO_FITTING_WHEEL.search(said):
        return NoWheelFits(
            f"`{match['name'] or match['other']}` has no wheel for {_described(target)}",
            hint=name_other_runtimes(target, pythons=_pythons(said)),
            detail=detail,
        )
    return PackagesConflict(
        "no choice of packages satisfies all requirements",
        hint="loosen what these lines name, or correct its spelling",
        detail=detail,
    )


def nothing_fits(name: str, target: Target, detail: str) -> NoWheelFits:
    """Say that all versions of a package were ruled out."""
    return NoWheelFits(
        f"no version of `{name}` that is asked for loads on {target.runtime} for {target.architecture}",
        hint=name_other_runtimes(target),
        detail=detail,
    )


def explain_unpacking(said: str) -> BundleError:
    """Say why files that were chosen before cannot be had."""
    if general := _general(said):
        return general
    return LockedPackageGone(
        "a file that the lock names is not offered any more, or is another now",
        hint="look at what changed in the index; to choose anew, delete tulle.lock",
        detail=_reason(said),
    )


def name_other_runtimes(target: Target, *, pythons: frozenset[str] = frozenset()) -> str:
    """Advise to take a runtime whose system is newer, or whose Python there are wheels for."""
    others = [find_target(name, target.architecture) for name in runtimes()]
    newer = [other for other in others if other.glibc > target.glibc]
    served = [other for other in others if other.python in pythons and other != target]
    fitting = newer or served
    if not fitting:
        return "no runtime of Lambda's fits it; ask for another version or package"
    names = ", ".join(f"`{other.runtime}`" for other in fitting)
    system = f"on {fitting[0].system}, which has glibc {_dotted(fitting[0].glibc)}"
    return f"choose another runtime: {names}, {system if newer else 'for which there are wheels'}"


def _instead_of_source(target: Target) -> str:
    build = (
        f"build its wheel on {target.system}, put it into a folder and name that in the environment variable "
        "UV_FIND_LINKS"
    )
    others = [find_target(name, target.architecture) for name in runtimes()]
    if any(other.glibc > target.glibc for other in others):
        return f"{name_other_runtimes(target)}; or {build}"
    return f"ask for another version or package; or {build}"


def _general(said: str) -> BundleError | None:
    """Tell the failures that have nothing to do with what was asked for."""
    if _UNWRITABLE.search(said):
        return OutputUnavailable(
            "packages cannot be unpacked",
            hint="make room, or name other folders in UV_CACHE_DIR, XDG_CACHE_HOME and TMPDIR",
            detail=_reason(said),
        )
    if _REFUSED.search(said):
        return IndexUnavailable(
            "the package index refuses to answer without the right credentials",
            hint="put them into `~/.netrc`, or into the index's address: pip's `index-url`, or UV_DEFAULT_INDEX",
            detail=_reason(said),
        )
    if _UNREACHABLE.search(said):
        return IndexUnavailable(
            "the package index does not answer",
            hint="check the network, and the index that pip or uv are told to use (`pip config list`)",
            detail=_reason(said),
        )
    return None


def _reason(said: str) -> str:
    """Take the causes of what `uv` said, without its own headings, and without hints on its own options."""
    paragraphs = (text for text in said.split("\n\n") if "(i.e., with `--" not in text)
    lines = "\n".join(paragraphs).splitlines()
    causes = [re.sub(r"^\s*(error|cause|hint): ", "", line).strip() for line in lines]
    return "\n".join(line for line in causes if line != _NOTHING_SAID)


def _described(target: Target) -> str:
    glibc = _dotted(target.glibc)
    return f"{target.runtime} on {target.architecture} ({target.system}, glibc {glibc})"


def _pythons(said: str) -> frozenset[str]:
    return frozenset(f"{match[1]}.{match[2]}" for match in _PYTHON_TAG.finditer(said))


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
